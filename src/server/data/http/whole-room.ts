import { CovalenceError } from '../../../protocol/errors.ts';
import type { RoomData } from '../room-data.ts';

/**
 * Resolves when the file behind the room was read to its end: what is given as all of the room must not end where the
 * reading of the file happened to be. Rejects with `room/closed` when it never will be, and when `signal` says so.
 */
export async function wholeRoom(room: RoomData, signal: AbortSignal): Promise<void> {
  if (room.info().indexing === undefined) return;
  await new Promise<void>((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', giveUp, { once: true });
    void room.indexed.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
  if (room.info().indexing === undefined) return;
  throw new CovalenceError('room/closed', `The room "${room.name}" was closed while its file was read. Ask again.`);
}
