import type { ByteSource } from '../../../src/data/formats/format.ts';

/** A source in memory whose stream goes on only when the test says so, and which can grow. */
export interface StepSource extends ByteSource {
  /** Lets the stream give `count` more bytes. */
  allow(count: number): void;
  /** Adds bytes at the end. */
  grow(text: string): void;
  /** Bytes that were read at a place, without those of the stream. */
  readonly bytesRead: number;
  readonly isClosed: boolean;
}

/** See {@link StepSource}; the stream gives pieces of at most `pieceLength`. */
export function stepSource(name: string, text: string, pieceLength = 64): StepSource {
  let bytes = new TextEncoder().encode(text);
  let allowed = 0;
  let bytesRead = 0;
  let isClosed = false;
  let waiting: (() => void)[] = [];
  return {
    name,
    get byteLength() {
      return bytes.length;
    },
    get bytesRead() {
      return bytesRead;
    },
    get isClosed() {
      return isClosed;
    },
    allow(count) {
      allowed += count;
      for (const resolve of waiting.splice(0)) resolve();
    },
    grow(more) {
      const next = new TextEncoder().encode(more);
      const grown = new Uint8Array(bytes.length + next.length);
      grown.set(bytes);
      grown.set(next, bytes.length);
      bytes = grown;
    },
    read(offset, length, signal) {
      signal?.throwIfAborted();
      bytesRead += length;
      return Promise.resolve(bytes.slice(offset, offset + length));
    },
    async *stream(offset, signal) {
      for (let at = offset; at < bytes.length;) {
        signal?.throwIfAborted();
        const length = Math.min(pieceLength, allowed, bytes.length - at);
        if (length > 0) {
          yield bytes.slice(at, at + length);
          at += length;
          allowed -= length;
          continue;
        }
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          signal?.addEventListener('abort', () => resolve(), { once: true });
        });
      }
    },
    close() {
      isClosed = true;
      waiting = [];
      return Promise.resolve();
    },
  };
}
