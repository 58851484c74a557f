/** Compressed bytes as they arrive, for a decoder that asks whether enough of them are there and then takes them. */
export class ByteFeed {
  /** True when no more bytes will arrive. */
  isEnded = false;
  protected bytes: Uint8Array = new Uint8Array(0);
  /** Place of the next byte. */
  protected at = 0;

  /** Adds bytes, which are not kept beyond the next call. */
  push(bytes: Uint8Array): void {
    const rest = this.bytes.subarray(this.at);
    const joined = new Uint8Array(rest.length + bytes.length);
    joined.set(rest);
    joined.set(bytes, rest.length);
    this.bytes = joined;
    this.at = 0;
  }

  /** Whether `count` bytes can be taken, or the end is known to be nearer. */
  has(count: number): boolean {
    return this.isEnded || this.bytes.length - this.at >= count;
  }
}

/**
 * The pieces that `decode` gives of a stream of bytes: it reads `feed`, and yields undefined where it needs more of them.
 * The stream is given back when the caller stops early.
 */
export async function* decodedStream(
  compressed: AsyncIterable<Uint8Array>,
  feed: ByteFeed,
  decode: Iterable<Uint8Array | undefined>,
): AsyncGenerator<Uint8Array, void, void> {
  const pieces = compressed[Symbol.asyncIterator]();
  try {
    for (const piece of decode) {
      if (piece !== undefined) {
        yield piece;
        continue;
      }
      const next = await pieces.next();
      if (next.done === true) feed.isEnded = true;
      else feed.push(next.value);
    }
  } finally {
    await pieces.return?.();
  }
}
