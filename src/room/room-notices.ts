import type { CovalenceError } from '../protocol/errors.ts';

/** What a room has to say that stops nothing. */
export interface RoomNotices {
  tell(notice: CovalenceError): void;
  /** Called at once for what was told already. Returns its own undo. */
  add(listener: (notice: CovalenceError) => void): () => void;
}

/** The newest are kept for those who come late. */
const KEPT = 20;

/** No notices yet. */
export function roomNotices(): RoomNotices {
  const told: CovalenceError[] = [];
  const listeners = new Set<(notice: CovalenceError) => void>();
  return {
    tell(notice) {
      told.push(notice);
      if (told.length > KEPT) told.shift();
      for (const listener of listeners) listener(notice);
    },
    add(listener) {
      for (const notice of told) listener(notice);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
