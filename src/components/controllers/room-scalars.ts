import type { Room } from '../../room/room.ts';

/** One-number values of every frame of a room, read once for all elements of a page. */
export interface RoomScalars {
  /** Arrays of one number a frame, NaN where a frame has none; empty before the first answer. */
  readonly values: Readonly<Record<string, Float64Array>>;
  /** True once there was an answer: then no values means that frames have none. */
  readonly isRead: boolean;
  onChange(listener: () => void): () => void;
}

/** Changes closer together than this are read together. */
const QUIET_MS = 250;

const known = new WeakMap<Room, RoomScalars>();

/** The scalars of `room`; they are read while someone listens and again when frames change. */
export function roomScalars(room: Room): RoomScalars {
  const found = known.get(room);
  if (found !== undefined) return found;

  const listeners = new Set<() => void>();
  let values: Readonly<Record<string, Float64Array>> = {};
  let isRead = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let abort: AbortController | undefined;
  let undo: (() => void) | undefined;

  const read = async (): Promise<void> => {
    abort?.abort();
    const mine = (abort = new AbortController());
    try {
      const answer = await room.frames.scalars(undefined, { signal: mine.signal });
      if (mine.signal.aborted) return;
      values = answer;
      isRead = true;
      for (const listener of listeners) listener();
    } catch {
      // the frame itself tells people what is wrong; a curve that cannot be read stays as it was
    }
  };
  const soon = (): void => {
    if (timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      void read();
    }, QUIET_MS);
  };

  const scalars: RoomScalars = {
    get values() {
      return values;
    },
    get isRead() {
      return isRead;
    },
    onChange(listener) {
      listeners.add(listener);
      if (listeners.size === 1) {
        undo = room.frames.onChange(soon);
        void read();
      }
      return () => {
        if (!listeners.delete(listener) || listeners.size > 0) return;
        undo?.();
        abort?.abort();
        clearTimeout(timer);
        timer = undefined;
      };
    },
  };
  known.set(room, scalars);
  return scalars;
}
