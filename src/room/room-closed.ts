import { CovalenceError } from '../protocol/errors.ts';

/** What is said to whoever writes to a room that they closed themselves: it would reach nobody. */
export function roomClosed(name?: string): CovalenceError {
  const which = name === undefined ? 'This room' : `The room "${name}"`;
  return new CovalenceError(
    'room/closed',
    `${which} is closed here; nothing was changed. Open it again with openRoom.`,
  );
}
