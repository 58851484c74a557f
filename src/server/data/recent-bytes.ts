/** Bytes by key, the ones used last, up to a limit. */
export interface RecentBytes {
  get(key: string): Uint8Array | undefined;
  add(key: string, bytes: Uint8Array): void;
  remove(key: string): void;
}

/** Keeps at most `limit` bytes, none of which may be written to. What is larger than an eighth of it is not kept. */
export function recentBytes(limit: number): RecentBytes {
  const kept = new Map<string, Uint8Array>();
  let held = 0;
  return {
    get(key) {
      const bytes = kept.get(key);
      if (bytes === undefined) return undefined;
      kept.delete(key);
      kept.set(key, bytes);
      return bytes;
    },
    remove(key) {
      held -= kept.get(key)?.byteLength ?? 0;
      kept.delete(key);
    },
    add(key, bytes) {
      if (bytes.byteLength > limit / 8 || kept.has(key)) return;
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
