import { isCovalenceError } from 'covalence';
import { listRooms, type RoomList } from './room-list.ts';

/** Between two looks at the list; longer where the list takes long. */
const PAUSE_MS = 3_000;
const MAX_PAUSE_MS = 60_000;
/** The part of the time that looking may take. */
const SHARE = 0.05;

/** What is done with what is seen. */
export interface RoomWatchers {
  onList(list: RoomList): void;
  /** Called when the server did not tell; it is asked again where that may help. */
  onTrouble(error: unknown): void;
}

/** Sees what others do with the rooms of a server, while somebody sees the page. */
export class RoomWatch {
  readonly #watchers: RoomWatchers;
  #turn = 0;
  #pauseMs = PAUSE_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(watchers: RoomWatchers) {
    this.#watchers = watchers;
  }

  /** Looks now, and again and again until the returned function is called. */
  start(): () => void {
    const events = new AbortController();
    const { signal } = events;
    const look = (): void => void this.look();
    addEventListener('pageshow', look, { signal });
    addEventListener('online', look, { signal });
    addEventListener('visibilitychange', () => document.visibilityState === 'visible' && look(), { signal });
    look();
    return () => {
      events.abort();
      clearTimeout(this.#timer);
      this.#turn += 1;
    };
  }

  /** Looks now. Resolves once what was seen is told; an answer on its way to an earlier look is not taken any more. */
  async look(): Promise<void> {
    clearTimeout(this.#timer);
    this.#turn += 1;
    const turn = this.#turn;
    const beganMs = performance.now();
    try {
      const list = await listRooms();
      if (turn !== this.#turn) return;
      this.#pauseMs = Math.min(MAX_PAUSE_MS, Math.max(PAUSE_MS, (performance.now() - beganMs) / SHARE));
      this.#watchers.onList(list);
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#pauseMs = Math.min(MAX_PAUSE_MS, this.#pauseMs * 1.5);
      this.#watchers.onTrouble(error);
      // Asking again gives nobody a better link.
      if (isCovalenceError(error) && error.code.startsWith('auth/')) return;
    }
    this.#timer = setTimeout(() => document.visibilityState === 'visible' && void this.look(), this.#pauseMs);
  }
}
