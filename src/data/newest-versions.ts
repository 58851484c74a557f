import { CovalenceError, isCovalenceError } from '../protocol/errors.ts';
import type { Frame } from '../protocol/frames.ts';

const REMEMBERED = 100_000;

/** Answers in a row that news overtakes before somebody who reads is told: as often as this, news never ends. */
export const MAX_OVERTAKEN = 5;

/** What was learned while an answer was on its way. */
interface News {
  /** True when an answer that is refused with this error was right when it was asked for. */
  explains(error: unknown): boolean;
  end(): void;
}

/** What this client has seen of a room, so that an older answer is noticed. */
export class NewestVersions {
  /** Highest sequence number seen in any answer. */
  seq = 0;
  #epoch: string | undefined;
  readonly #versions = new Map<string, number>();
  readonly #absent = new Set<string>();
  readonly #watched = new Set<Set<string>>();

  /** Begins anew when the history is another one. */
  setEpoch(epoch: string): void {
    if (this.#epoch !== undefined && this.#epoch !== epoch) {
      this.#versions.clear();
      this.#absent.clear();
      this.seq = 0;
    }
    this.#epoch = epoch;
  }

  /** Learns a sequence number from an answer. */
  saw(seq: number): void {
    if (!Number.isSafeInteger(seq) || seq <= this.seq) return;
    this.seq = seq;
    this.#absent.clear();
  }

  /** True for a key that no frame had at the newest commit seen. */
  isAbsent(key: string): boolean {
    return this.#absent.has(key);
  }

  /** Learns that no frame has this key. */
  setAbsent(key: string): void {
    this.#absent.add(key);
  }

  /** Learns the version of a frame. */
  learn(id: string, version: number): void {
    const known = this.#versions.get(id) ?? 0;
    if (version > known) for (const news of this.#watched) news.add(id);
    this.#versions.delete(id);
    this.#versions.set(id, Math.max(version, known));
    if (this.#versions.size > REMEMBERED) this.#versions.delete(this.#versions.keys().next().value as string);
  }

  /** Notes what is learned until it is ended: begun before a request is sent. */
  watch(): News {
    const news = new Set<string>();
    this.#watched.add(news);
    return {
      explains: (error) => isCovalenceError(error, 'server/behind') && news.has(error.fields['frame'] as string),
      end: () => this.#watched.delete(news),
    };
  }

  /** Throws `server/behind` when `frame` is older than what was seen. */
  check(frame: Frame): void {
    const known = this.#versions.get(frame.id) ?? 0;
    if (frame.version < known) {
      const message =
        `Frame ${frame.index} (${frame.id}) arrived at version ${frame.version}; version ${known} was seen already. ` +
        'A cache on the way, or a server that lags, answered. Ask again.';
      throw new CovalenceError('server/behind', message, { frame: frame.id, version: frame.version, known });
    }
    this.learn(frame.id, frame.version);
  }
}
