import type { ByteSource } from '../format.ts';

const PIECE = 4 * 1024 * 1024;

/** A Blob, or a File somebody dropped, as a source; `name` defaults to the file's. Nothing is read before it is asked for. */
export function blobSource(blob: Blob, name?: string): ByteSource {
  const read = async (offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> => {
    signal?.throwIfAborted();
    return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
  };
  return {
    name: name ?? ('name' in blob && typeof blob.name === 'string' ? blob.name : 'file'),
    byteLength: blob.size,
    read,
    async *stream(offset, signal) {
      for (let at = offset; at < blob.size; at += PIECE) yield await read(at, PIECE, signal);
    },
    close: () => Promise.resolve(),
  };
}
