import { CovalenceError } from './errors.ts';
import { isRoomName } from './room-name.ts';

/** What those in a room are told when it gets another name: `room/not-found`, the new name in `renamed_to`. */
export function roomRenamed(to: string): CovalenceError {
  return new CovalenceError('room/not-found', `This room is now called "${to}".`, { renamed_to: to });
}

/** The new name in the sentence of `roomRenamed`; undefined in any other, and where it was too long to arrive whole. */
export function newNameIn(sentence: string): string | undefined {
  const [, name] = /^This room is now called "([^"]+)"\.$/.exec(sentence) ?? [];
  return isRoomName(name) ? name : undefined;
}
