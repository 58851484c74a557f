import { encodeRecord } from './doc-log-codec.ts';
import type { GrowingFile, StoreDisk } from './store-disk.ts';

/** Writes records to one file and knows how much of it is whole, and how much survives a loss of power. */
export class LogWriter {
  readonly #file: GrowingFile;
  #byteLength: number;
  #durableByteLength: number;
  /** Something may stand behind the last whole record; behind it nothing would ever be found again. */
  #isTorn = false;

  /** A file whose bytes are all durable. */
  constructor(file: GrowingFile, byteLength: number) {
    this.#file = file;
    this.#byteLength = byteLength;
    this.#durableByteLength = byteLength;
  }

  /** Hands a record to the system: it survives the end of this process, and a loss of power after `sync`. */
  write(payload: Uint8Array): void {
    if (this.#isTorn) this.#file.cut(this.#byteLength);
    this.#isTorn = true;
    const record = encodeRecord(payload, this.#durableByteLength);
    this.#file.append(record);
    this.#isTorn = false;
    this.#byteLength += record.byteLength;
  }

  /** Resolves when everything written before the call is durable. A failure takes back what is not. */
  async sync(): Promise<void> {
    const byteLength = this.#byteLength;
    try {
      await this.#file.sync();
    } catch (error) {
      // The system may have forgotten what it could not write, and would call a second attempt a success.
      this.#byteLength = this.#durableByteLength;
      this.#isTorn = true;
      throw error;
    }
    this.#durableByteLength = byteLength;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** A new file that begins with this record, durable but for its name. */
export async function beginLog(disk: StoreDisk, path: string, payload: Uint8Array): Promise<LogWriter> {
  const file = await disk.create(path);
  const writer = new LogWriter(file, 0);
  try {
    writer.write(payload);
    await writer.sync();
    return writer;
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
}
