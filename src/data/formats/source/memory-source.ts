import type { ByteSource } from '../format.ts';

const PIECE = 1024 * 1024;

/** Bytes in memory as a source; they are not copied. */
export function memorySource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    byteLength: bytes.length,
    read(offset, length, signal) {
      signal?.throwIfAborted();
      return Promise.resolve(bytes.slice(offset, offset + length));
    },
    async *stream(offset, signal) {
      for (let at = offset; at < bytes.length; at += PIECE) {
        signal?.throwIfAborted();
        yield await Promise.resolve(bytes.subarray(at, at + PIECE));
      }
    },
    close: () => Promise.resolve(),
  };
}
