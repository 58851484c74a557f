import type { Clock } from '../../protocol/clock.ts';
import { encodePayload } from './doc-log-codec.ts';
import type { DocEntry } from './doc-store.ts';
import { beginLog, type LogWriter } from './log-writer.ts';
import type { StoreDisk } from './store-disk.ts';

/** Where one room's log is. */
export interface DocFilePlace {
  disk: StoreDisk;
  directory: string;
  path: string;
  epoch: string;
  clock: Clock;
  /** How long appends may wait for a sync that nobody asks for. */
  syncDelayMs: number;
}

interface Waiting {
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** A snapshot on its way to take the place of the log. */
interface Replacement {
  snapshot: Uint8Array;
  /** What was appended since it was made: it belongs behind it. */
  tail: Uint8Array[];
}

/**
 * The log of one room. An append is with the system when the call returns, so that nothing anybody has seen is lost with
 * the process; it resolves when it survives a loss of power. All that waits for one sync shares the next.
 */
export class DocFile {
  readonly #place: DocFilePlace;
  #writer: LogWriter;
  /** The file that is about to take the place of the other: everything goes to both. */
  #next: LogWriter | undefined;
  #nextFault: unknown;
  readonly #replacements = new Set<Replacement>();
  #replacing: Promise<void> = Promise.resolve();
  #waiting: Waiting[] = [];
  #syncing: Promise<void> | undefined;
  #cancelDelay: (() => void) | undefined;
  /** Somebody waits for what is not being synced yet. */
  #isUrgent = false;
  /** Set while the files change places: what was synced to the old one alone would be lost. */
  #isHeld = false;
  #isNameDurable = true;

  constructor(place: DocFilePlace, writer: LogWriter) {
    this.#place = place;
    this.#writer = writer;
  }

  append(entry: DocEntry): Promise<void> {
    const payload = encodePayload(entry);
    try {
      this.#writer.write(payload);
    } catch (error) {
      return Promise.reject(error);
    }
    for (const { tail } of this.#replacements) tail.push(payload);
    this.#writeNext(payload);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#flushLater();
    });
  }

  /** Makes durable what was appended, without waiting for more. */
  flush(): void {
    this.#cancelDelay?.();
    this.#cancelDelay = undefined;
    this.#isUrgent = true;
    this.#syncing ??= this.#sync();
  }

  /** Takes everything appended so far out of the log and puts `snapshot` there instead. */
  compact(snapshot: DocEntry): Promise<void> {
    const replacement = { snapshot: encodePayload(snapshot, this.#place.epoch), tail: [] };
    this.#replacements.add(replacement);
    const work = this.#replacing.then(() => this.#replace(replacement));
    this.#replacing = work.catch(() => undefined);
    return work;
  }

  /** Resolves when nothing waits any more and the file is closed. */
  async close(): Promise<void> {
    await this.#replacing;
    this.flush();
    await this.#syncing;
    await this.#writer.close();
  }

  async #sync(): Promise<void> {
    // One turn later, so that what one turn of the loop appends shares a sync.
    await Promise.resolve();
    while (this.#waiting.length > 0 && this.#isUrgent && !this.#isHeld) {
      this.#isUrgent = false;
      const batch = this.#waiting;
      this.#waiting = [];
      const writer = this.#writer;
      try {
        await writer.sync();
        await this.#syncName();
        for (const { resolve } of batch) resolve();
      } catch (error) {
        // What was written while the sync failed is taken back with it.
        this.#rejectAll([...batch, ...(writer === this.#writer ? this.#waiting.splice(0) : [])], error);
      }
    }
    this.#syncing = undefined;
    if (this.#waiting.length > 0 && !this.#isHeld) this.#flushLater();
  }

  #flushLater(): void {
    const { clock, syncDelayMs } = this.#place;
    if (syncDelayMs === 0) this.flush();
    else this.#cancelDelay ??= clock.after(syncDelayMs, () => this.flush());
  }

  async #replace(replacement: Replacement): Promise<void> {
    const { disk, path } = this.#place;
    let next: LogWriter | undefined;
    try {
      next = await beginLog(disk, `${path}.new`, replacement.snapshot);
      this.#isHeld = true;
      for (const payload of replacement.tail) next.write(payload);
      this.#replacements.delete(replacement);
      this.#nextFault = undefined;
      this.#next = next;
      await next.sync();
      if (this.#nextFault !== undefined) throw this.#nextFault;
      await disk.rename(`${path}.new`, path);
    } catch (error) {
      this.#replacements.delete(replacement);
      this.#next = undefined;
      await next?.close().catch(() => undefined);
      this.#release();
      throw error;
    }
    const old = this.#writer;
    this.#writer = next;
    this.#next = undefined;
    this.#isNameDurable = false;
    if (this.#nextFault !== undefined) this.#rejectAll(this.#waiting.splice(0), this.#nextFault);
    try {
      await this.#syncName();
    } finally {
      this.#release();
      await old.close().catch(() => undefined);
    }
  }

  /** After a loss of power the old file would be found under the name, as long as this has not succeeded. */
  async #syncName(): Promise<void> {
    if (this.#isNameDurable) return;
    await this.#place.disk.syncDirectory(this.#place.directory);
    this.#isNameDurable = true;
  }

  #release(): void {
    this.#isHeld = false;
    this.flush();
  }

  #writeNext(payload: Uint8Array): void {
    try {
      this.#next?.write(payload);
    } catch (error) {
      this.#nextFault = error;
    }
  }

  #rejectAll(waiting: readonly Waiting[], error: unknown): void {
    for (const { reject } of waiting) reject(error);
  }
}
