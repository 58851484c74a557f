import { isCovalenceError } from '../../../protocol/errors.ts';
import type { ByteSource } from '../format.ts';

const LONG_READ = 1024 * 1024;
const SHORT_READ = 4 * 1024;
const DEFAULT_JUMP = 64 * 1024;

/**
 * Small pieces of a source in rising order, read ahead: far apart ones by short reads, near ones by long reads. Holds
 * at most a MB, or one piece where that is longer.
 */
export class ByteWindow {
  private readonly source: ByteSource;
  private readonly jump: number;
  private bytes: Uint8Array = new Uint8Array(0);
  private start = 0;
  /** Where the last piece began; the first is read short. */
  private asked = Number.NEGATIVE_INFINITY;

  constructor(source: ByteSource) {
    this.source = source;
    this.jump = source.jumpByteLength ?? DEFAULT_JUMP;
  }

  /** The bytes `[offset, offset + length)`, fewer only at the end of the source; they are valid until the next call. */
  async at(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    if (!this.has(offset, length)) {
      // Pieces that have been far apart will be.
      const isFar = Math.abs(offset - this.asked) > this.jump;
      this.bytes = await readAhead(this.source, offset, length, isFar ? SHORT_READ : LONG_READ, signal);
      this.start = offset;
    }
    this.asked = offset;
    return this.bytes.subarray(offset - this.start, offset - this.start + length);
  }

  private has(offset: number, length: number): boolean {
    return offset >= this.start && offset + length <= this.start + this.bytes.length;
  }
}

/**
 * The bytes `[offset, offset + wished)`, at least `length` of them unless the source ends before. What cannot be read of
 * those that are only wished for, as beyond the end of a .gz that is cut off, does no harm.
 */
export async function readAhead(
  source: ByteSource,
  offset: number,
  length: number,
  wished: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  try {
    return await source.read(offset, Math.max(length, wished), signal);
  } catch (error) {
    if (!isCovalenceError(error, 'file/damaged')) throw error;
    return source.read(offset, Math.max(length, Math.min(wished, source.byteLength - offset)), signal);
  }
}

/** Whether the source has the byte before `end`. A source that is inflated as it is read learns its length by this. */
export async function reaches(source: ByteSource, end: number, signal?: AbortSignal): Promise<boolean> {
  if (end <= source.byteLength) return true;
  return (await source.read(end - 1, 1, signal)).length === 1;
}

/** The length of the source, found by reading where it is not known before. */
export async function lengthOf(source: ByteSource, signal?: AbortSignal): Promise<number> {
  while (await reaches(source, source.byteLength + 1, signal)) signal?.throwIfAborted();
  return source.byteLength;
}
