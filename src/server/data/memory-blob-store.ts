import type { BlobStore } from './blob-store.ts';

/** Blobs that live as long as the process. */
export function memoryBlobStore(): BlobStore {
  const blobs = new Map<string, Uint8Array>();
  let byteLength = 0;
  return {
    async put(hash, bytes) {
      if (blobs.has(hash)) return;
      // A copy, because the bytes given are usually a view of a request's body.
      blobs.set(hash, bytes.slice());
      byteLength += bytes.byteLength;
    },
    get: async (hash) => blobs.get(hash),
    has: (hash) => blobs.has(hash),
    get byteLength() {
      return byteLength;
    },
    async close() {
      blobs.clear();
    },
  };
}
