import { CovalenceError, isCovalenceError } from '../../../protocol/errors.ts';
import { FRAME_KEY_ALIASES, type FrameData, type FrameKeyInfo } from '../../../protocol/frames.ts';
import { damaged } from '../damage.ts';
import type { ByteSource, IndexProgress, Trajectory } from '../format.ts';
import { keyInfosOf } from '../key-infos.ts';
import { ByteProblem } from './byte-problem.ts';
import { IndexPass } from './index-pass.ts';

/** Whether a value is to be read. */
export type IsWanted = (key: string) => boolean;

/** What makes a binary format, over one open file. */
export interface BinaryReader {
  /** Name of the format. */
  readonly format: string;
  /** Frames found so far. */
  readonly count: number;
  /** Units of the file by key, where they are not ours. */
  readonly sourceUnits?: Readonly<Record<string, string>>;
  /**
   * Finds the frames after the last one known and tells after each piece of the file; resolves to where the last ends.
   * Throws {@link ByteProblem} for the frame after the last one found.
   */
  find(onPiece: (offset: number) => void, signal?: AbortSignal): Promise<number>;
  /** Reads one frame that was found; throws {@link ByteProblem}. */
  read(index: number, isWanted: IsWanted, signal?: AbortSignal): Promise<FrameData>;
  scalars(): Record<string, Float64Array>;
  warnings(): readonly string[];
  /** What was found as bytes, and the way back; `head` travels along. */
  serialise(head: Record<string, unknown>): Uint8Array;
  close?(): Promise<void>;
}

const PROGRESS_STEP = 8 * 1024 * 1024;

/** The trajectory of any {@link BinaryReader}. */
export class BinaryTrajectory implements Trajectory {
  readonly format: string;
  private readonly reader: BinaryReader;
  private readonly source: ByteSource;
  private readonly pass = new IndexPass();
  private indexedLength: number;

  /** `indexedLength` is that of the file when the reader was given an index of all of it, else -1. */
  constructor(reader: BinaryReader, source: ByteSource, indexedLength = -1) {
    this.format = reader.format;
    this.reader = reader;
    this.source = source;
    this.indexedLength = indexedLength;
  }

  get count(): number {
    return this.reader.count;
  }

  get isComplete(): boolean {
    return this.indexedLength >= 0;
  }

  index(onProgress?: (progress: IndexProgress) => void, signal?: AbortSignal): Promise<void> {
    if (this.indexedLength === this.source.byteLength) return Promise.resolve();
    return this.pass.run(() => this.find(onProgress, signal));
  }

  async read(index: number, keys?: readonly string[], signal?: AbortSignal): Promise<FrameData> {
    signal?.throwIfAborted();
    const wanted = keys === undefined ? undefined : new Set(keys.map((key) => FRAME_KEY_ALIASES[key] ?? key));
    await this.pass.until(
      () => index < this.count || this.isComplete,
      () => this.find(),
      signal,
    );
    if (!Number.isInteger(index) || index < 0 || index >= this.count) {
      throw new CovalenceError(
        'frame/not-found',
        `Frame ${index} of ${this.source.name} was asked for; it has ${this.count} frames, from 0.`,
        { index, count: this.count },
      );
    }
    try {
      return await this.reader.read(index, (key) => wanted === undefined || wanted.has(key), signal);
    } catch (error) {
      throw damageOf(this.source.name, index, error);
    }
  }

  async keys(): Promise<FrameKeyInfo[]> {
    await this.pass.until(
      () => this.count > 0 || this.isComplete,
      () => this.find(),
    );
    if (this.count === 0) return [];
    const { sourceUnits = {} } = this.reader;
    return keyInfosOf(await this.read(0)).map((info) =>
      Object.hasOwn(sourceUnits, info.name) ? { ...info, sourceUnit: sourceUnits[info.name] } : info,
    );
  }

  scalars(): Readonly<Record<string, Float64Array>> {
    return this.reader.scalars();
  }

  warnings(): readonly string[] {
    return this.reader.warnings();
  }

  serialiseIndex(): Uint8Array {
    return this.reader.serialise({ format: this.format, byteLength: this.indexedLength });
  }

  async close(): Promise<void> {
    await this.reader.close?.();
    await this.source.close();
  }

  private async find(onProgress?: (progress: IndexProgress) => void, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.indexedLength = -1;
    const told = { offset: -PROGRESS_STEP, frames: this.count };
    const tell = (offset: number): void => {
      told.offset = offset;
      told.frames = this.count;
      onProgress?.({ frames: this.count, bytesRead: offset, byteLength: this.source.byteLength });
    };
    try {
      const end = await this.reader.find((offset) => {
        signal?.throwIfAborted();
        this.pass.wake();
        if (offset - told.offset >= PROGRESS_STEP || (told.frames === 0 && this.count > 0)) tell(offset);
      }, signal);
      if (this.count === 0) {
        throw new CovalenceError(
          'file/empty',
          `${this.source.name}, read as ${this.format}, has no frame. Choose another file or give this one its right extension.`,
          { file: this.source.name },
        );
      }
      this.indexedLength = this.source.byteLength;
      tell(end);
    } catch (error) {
      throw damageOf(this.source.name, this.count, error);
    }
  }
}

/** What stopped a reader, as the error of a damaged file where it is one; `frame` is left out for damage of the head. */
export function damageOf(file: string, frame: number | undefined, error: unknown): unknown {
  const place = frame === undefined ? {} : { frame };
  if (error instanceof ByteProblem) return damaged(file, { ...place, byte: error.byte }, error.found);
  if (!isCovalenceError(error, 'file/damaged') || 'frame' in error.fields) return error;
  const found = typeof error.fields.found === 'string' ? error.fields.found : error.message;
  return damaged(file, place, found, error);
}
