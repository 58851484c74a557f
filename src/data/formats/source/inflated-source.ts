import { asCovalenceError, CovalenceError } from '../../../protocol/errors.ts';
import type { ByteSource } from '../format.ts';
import { bunzipStream } from './bunzip.ts';
import { gunzipStream } from './gunzip.ts';
import { InflateProblem } from './prefix-code.ts';
import { memoryScratch, type ScratchFile } from './scratch-file.ts';

/** Options of {@link inflatedSource}. */
export interface InflatedSourceOptions {
  /** Where the inflated bytes go; memory by default. It is closed with the source. */
  scratch?: ScratchFile;
  /** Inflates gzip; that of the platform by default. What it gives is believed as far as it goes, not to be all. */
  inflater?: (compressed: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
  /** How the source is compressed; gzip by default. */
  compression?: 'gzip' | 'bzip2';
}

/** Whether these first bytes are gzip. */
export function isGzip(head: Uint8Array): boolean {
  return head.length >= 2 && head[0] === 0x1f && head[1] === 0x8b;
}

/**
 * The content of a gzip or bzip2 file as a source, in browsers and Node. Bytes are inflated as far as somebody reads and are kept
 * in the scratch room, so `byteLength` grows until the end is reached. Several members in a row are one content. Where
 * the compressed bytes are damaged or cut off, reading beyond the intact part rejects with `file/damaged`. Closing
 * closes `source` and the scratch room too.
 */
export function inflatedSource(source: ByteSource, options: InflatedSourceOptions = {}): ByteSource {
  const { scratch = memoryScratch(), inflater = platformInflater(), compression = 'gzip' } = options;
  const pieces = (signal: AbortSignal): AsyncGenerator<Uint8Array, void, void> =>
    compression === 'bzip2' ? bunzipStream(source.stream(0, signal)) : inflatedPieces(source, inflater, signal);
  return new InflatedSource(source, scratch, compression, pieces);
}

type Inflater = NonNullable<InflatedSourceOptions['inflater']>;

const PIECE = 1024 * 1024;

class InflatedSource implements ByteSource {
  readonly name: string;
  byteLength = 0;
  private readonly source: ByteSource;
  private readonly scratch: ScratchFile;
  private readonly pieces: AsyncGenerator<Uint8Array, void, void>;
  private ended = false;
  /** Why there is nothing beyond `byteLength`, when that is not the content's end. */
  private failure: Error | undefined;
  private pumping: Promise<void> | undefined;
  private readonly closing = new AbortController();

  private readonly compression: string;

  constructor(
    source: ByteSource,
    scratch: ScratchFile,
    compression: string,
    pieces: (signal: AbortSignal) => AsyncGenerator<Uint8Array, void, void>,
  ) {
    this.source = source;
    this.compression = compression;
    this.scratch = scratch;
    this.name = source.name;
    this.pieces = pieces(this.closing.signal);
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    while (this.byteLength < offset + length && !this.ended) {
      signal?.throwIfAborted();
      await this.pump();
    }
    const available = Math.max(0, Math.min(length, this.byteLength - offset));
    if (available < length && this.failure !== undefined) throw this.failure;
    return this.scratch.read(offset, available);
  }

  async *stream(offset: number, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    for (let at = offset; ;) {
      signal?.throwIfAborted();
      if (at < this.byteLength) {
        const piece = await this.scratch.read(at, Math.min(PIECE, this.byteLength - at));
        at += piece.length;
        yield piece;
      } else if (!this.ended) await this.pump();
      else if (this.failure === undefined) return;
      else throw this.failure;
    }
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.pumping?.catch(() => undefined);
    this.ended = true;
    await this.pieces.return();
    await this.scratch.close?.();
    await this.source.close();
  }

  /** Inflates one more piece; several callers share one. */
  private pump(): Promise<void> {
    this.pumping ??= this.pumpOnce().finally(() => {
      this.pumping = undefined;
    });
    return this.pumping;
  }

  private async pumpOnce(): Promise<void> {
    try {
      const next = await this.pieces.next();
      if (next.done === true) this.ended = true;
      else {
        await this.scratch.append(next.value);
        this.byteLength += next.value.length;
      }
    } catch (error) {
      this.ended = true;
      this.failure = error instanceof InflateProblem ? this.damageOf(error) : asCovalenceError(error, 'file/damaged');
    }
  }

  private damageOf({ found, isCutOff }: InflateProblem): CovalenceError {
    const { name } = this.source;
    const what = `the ${this.compression} file ${isCutOff ? 'is cut off' : `is damaged: ${found}`}`;
    return new CovalenceError(
      'file/damaged',
      `${name}: ${what} after ${this.byteLength} bytes of content. What is before it can be read.`,
      { file: name, found: `${what} after ${this.byteLength} bytes of content` },
    );
  }
}

/**
 * The platform's own inflater is the fastest. It stops or fails after the first member in some browsers, and keeps
 * back what it had before a damage; so unless its output is as long as the file's last four bytes say, our own goes
 * on where it stopped.
 */
async function* inflatedPieces(
  source: ByteSource,
  inflater: Inflater | undefined,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  let given = 0;
  if (inflater !== undefined) {
    try {
      for await (const piece of inflater(source.stream(0, signal))) {
        given += piece.length;
        yield piece;
      }
      const tail = await source.read(Math.max(0, source.byteLength - 4), 4, signal);
      const announced = tail.length === 4 ? new DataView(tail.buffer, tail.byteOffset).getUint32(0, true) : -1;
      if (announced === given % 2 ** 32) return;
    } catch {
      signal.throwIfAborted();
    }
  }
  let skip = given;
  for await (const piece of gunzipStream(source.stream(0, signal))) {
    if (skip < piece.length) yield piece.subarray(skip);
    skip = Math.max(0, skip - piece.length);
  }
}

function platformInflater(): Inflater | undefined {
  return typeof DecompressionStream === 'function' ? platformPieces : undefined;
}

async function* platformPieces(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  const inflater = new DecompressionStream('gzip');
  const writer = inflater.writable.getWriter();
  const writing = (async (): Promise<void> => {
    try {
      for await (const piece of compressed) await writer.write(piece.slice());
      await writer.close();
    } catch (error) {
      await writer.abort(error);
    }
  })();
  // A failure shows when reading; here it must only not be unhandled.
  writing.catch(() => undefined);
  const reader = (inflater.readable as ReadableStream<Uint8Array>).getReader();
  try {
    for (;;) {
      const next = await reader.read();
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
