import { ContextRoot, createContext, type Context } from '@lit/context';
import type { CovalenceError } from '../protocol/errors.ts';
import type { Room } from '../room/room.ts';

/** Something in a page that has, or will have, a room: `<co-room>` and `<co-viewer>`. */
export interface RoomSource extends EventTarget {
  /** The room now; `co-room-changed` is dispatched when it changes. */
  readonly activeRoom: Room | undefined;
}

/** The context under which an element offers its room to those below it. Two copies of the package agree on it. */
export const roomContext: Context<symbol, Room | undefined> = createContext<Room | undefined, symbol>(
  Symbol.for('covalence/room'),
);

/** How opening the room around an element goes. */
export interface RoomOpening {
  isOpening: boolean;
  /** Why it cannot be opened. */
  error: CovalenceError | undefined;
}

/** The context under which an element tells those below it why it has no room yet. */
export const roomOpeningContext: Context<symbol, RoomOpening | undefined> = createContext<
  RoomOpening | undefined,
  symbol
>(Symbol.for('covalence/room-opening'));

let hasContextRoot = false;

/** Keeps requests for a room until its provider is defined, in whatever order a page's scripts arrive. */
export function ensureContextRoot(): void {
  if (hasContextRoot || typeof document === 'undefined') return;
  hasContextRoot = true;
  new ContextRoot().attach(document.documentElement);
}

/** True for an element that offers a room. */
export function isRoomSource(value: unknown): value is RoomSource {
  return value instanceof EventTarget && 'activeRoom' in value;
}
