import { encodeRecord } from './doc-log-codec.ts';
import type { DocEntry } from './doc-store.ts';
import type { GrowingFile, StoreDisk } from './store-disk.ts';

interface Waiting {
  /** Undefined for a compaction. */
  entry: DocEntry | undefined;
  snapshot: DocEntry | undefined;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Where one room's log is. */
export interface DocFilePlace {
  disk: StoreDisk;
  directory: string;
  path: string;
  epoch: string;
}

/** The log of one room: writes in order, and everything that waits while one is being written shares the next. */
export class DocFile {
  readonly #place: DocFilePlace;
  #file: GrowingFile;
  /** Bytes up to the end of the last whole record. */
  #byteLength: number;
  /** Half a record may stand behind the last whole one. */
  #isTorn = false;
  #waiting: Waiting[] = [];
  #working: Promise<void> | undefined;

  constructor(place: DocFilePlace, file: GrowingFile, byteLength: number) {
    this.#place = place;
    this.#file = file;
    this.#byteLength = byteLength;
  }

  append(entry: DocEntry): Promise<void> {
    return this.#queue({ entry, snapshot: undefined });
  }

  compact(snapshot: DocEntry): Promise<void> {
    return this.#queue({ entry: undefined, snapshot });
  }

  /** Resolves when nothing waits any more and the file is closed. */
  async close(): Promise<void> {
    await this.#working;
    await this.#file.close();
  }

  #queue(what: Pick<Waiting, 'entry' | 'snapshot'>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...what, resolve, reject });
      this.#working ??= this.#work();
    });
  }

  async #work(): Promise<void> {
    // One turn later, so that what one turn of the loop appends is one write.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#nextBatch();
      try {
        const [{ snapshot }] = batch;
        if (snapshot === undefined) await this.#write(batch);
        else await this.#replace(snapshot);
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#working = undefined;
  }

  /** A compaction alone, or all appends up to the next one. */
  #nextBatch(): Waiting[] {
    const end = this.#waiting.findIndex(({ snapshot }) => snapshot !== undefined);
    return this.#waiting.splice(0, end === 0 ? 1 : end === -1 ? this.#waiting.length : end);
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    if (this.#isTorn) await this.#file.cut(this.#byteLength);
    // What is behind a torn record would never be found again.
    this.#isTorn = true;
    const record = encodeRecord(batch.map(({ entry }) => entry ?? {}));
    await this.#file.append(record);
    await this.#file.sync();
    this.#isTorn = false;
    this.#byteLength += record.byteLength;
  }

  async #replace(snapshot: DocEntry): Promise<void> {
    const { disk, directory, path, epoch } = this.#place;
    const fresh = await beginDocFile(disk, `${path}.new`, encodeRecord([snapshot], epoch));
    try {
      await disk.rename(`${path}.new`, path);
    } catch (error) {
      await fresh.file.close();
      throw error;
    }
    const old = this.#file;
    this.#file = fresh.file;
    this.#byteLength = fresh.byteLength;
    this.#isTorn = false;
    await old.close().catch(() => undefined);
    await disk.syncDirectory(directory);
  }
}

/** Writes a file that begins with this record; durable but for its name. */
export async function beginDocFile(
  disk: StoreDisk,
  path: string,
  record: Uint8Array,
): Promise<{ file: GrowingFile; byteLength: number }> {
  const file = await disk.create(path);
  try {
    await file.append(record);
    await file.sync();
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
  return { file, byteLength: record.byteLength };
}
