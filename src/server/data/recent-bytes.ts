/** Bytes by key, the ones used last, up to a limit. */
export interface RecentBytes {
  get(key: string): Uint8Array | undefined;
  add(key: string, bytes: Uint8Array): void;
  remove(key: string): void;
}

/**
 * Keeps at most `limit` bytes, none of which may be written to. What is larger than an eighth of it is known only while
 * somebody else holds it, so that many who read the same have it once.
 */
export function recentBytes(limit: number): RecentBytes {
  const kept = new Map<string, Uint8Array>();
  const large = new Map<string, LargeBytes>();
  const gone = new FinalizationRegistry<string>((key) => {
    if (large.get(key)?.buffer.deref() === undefined) large.delete(key);
  });
  let held = 0;
  return {
    get(key) {
      const bytes = kept.get(key);
      if (bytes === undefined) return viewOf(large.get(key));
      kept.delete(key);
      kept.set(key, bytes);
      return bytes;
    },
    remove(key) {
      held -= kept.get(key)?.byteLength ?? 0;
      kept.delete(key);
      large.delete(key);
    },
    add(key, bytes) {
      if (bytes.byteLength > limit / 8) {
        const { buffer, byteOffset, byteLength } = bytes;
        large.set(key, { buffer: new WeakRef(buffer), byteOffset, byteLength });
        gone.register(buffer, key);
        return;
      }
      if (kept.has(key)) return;
      kept.set(key, bytes);
      held += bytes.byteLength;
      for (const [oldest, { byteLength }] of kept) {
        if (held <= limit) return;
        kept.delete(oldest);
        held -= byteLength;
      }
    },
  };
}

/** Views of a buffer come and go; as long as one of them is held the buffer is there. */
interface LargeBytes {
  buffer: WeakRef<ArrayBufferLike>;
  byteOffset: number;
  byteLength: number;
}

function viewOf(large: LargeBytes | undefined): Uint8Array | undefined {
  const buffer = large?.buffer.deref();
  return buffer === undefined || large === undefined
    ? undefined
    : new Uint8Array(buffer, large.byteOffset, large.byteLength);
}
