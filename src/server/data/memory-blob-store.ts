import type { BlobStore } from './blob-store.ts';
import { touchTable } from './touch-table.ts';

/** Blobs that live as long as the process. */
export function memoryBlobStore(): BlobStore {
  const blobs = new Map<string, Uint8Array>();
  const touched = touchTable();
  let byteLength = 0;
  return {
    async put(hash, bytes) {
      touched.touch(hash);
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
    garbage: {
      hold: () => touched.hold(),
      mark: () => touched.mark(),
      async collect(isReferenced, mark) {
        const isOlder = touched.isOlder(mark);
        let removed = 0;
        for (const [hash, bytes] of blobs) {
          if (!isOlder(hash) || isReferenced(hash)) continue;
          blobs.delete(hash);
          byteLength -= bytes.byteLength;
          removed += 1;
        }
        touched.trim(mark);
        return removed;
      },
    },
    async close() {
      blobs.clear();
    },
  };
}
