/** Reads exact numbers of bytes from pieces of any size. */
export interface ByteReader {
  /** The next `byteLength` bytes: a view of a piece where it holds them all, else a copy; undefined at a clean end. */
  take(byteLength: number): Promise<Uint8Array | undefined>;
  /** The same at once, when a piece that is here holds them all. */
  takeNow(byteLength: number): Uint8Array | undefined;
  /** Fills `target`, and shows each part as it comes; false when the bytes end before. */
  readInto(target: Uint8Array, onPart?: (part: Uint8Array) => void): Promise<boolean>;
  /** Bytes that are here already. */
  readonly buffered: number;
  /** True once the source has ended and nothing is left. */
  isAtEnd(): Promise<boolean>;
  /** Stops the source. */
  cancel(): Promise<void>;
}

/** A reader over a stream or anything that yields pieces; `onWait` is told whenever the next piece is asked for. */
export function byteReader(
  source: AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>,
  onWait?: () => void,
): ByteReader {
  const pieces = piecesOf(source);
  let piece: Uint8Array = new Uint8Array(0);
  let offset = 0;

  const pull = async (): Promise<boolean> => {
    while (offset >= piece.byteLength) {
      onWait?.();
      const next = await pieces.next();
      if (next === undefined) return false;
      piece = next;
      offset = 0;
    }
    return true;
  };
  const readInto: ByteReader['readInto'] = async (target, onPart) => {
    let filled = 0;
    while (filled < target.byteLength) {
      if (!(await pull())) return false;
      const part = piece.subarray(offset, offset + target.byteLength - filled);
      target.set(part, filled);
      onPart?.(part);
      filled += part.byteLength;
      offset += part.byteLength;
    }
    return true;
  };
  const takeNow = (byteLength: number): Uint8Array | undefined => {
    if (piece.byteLength - offset < byteLength) return undefined;
    offset += byteLength;
    return piece.subarray(offset - byteLength, offset);
  };
  return {
    readInto,
    takeNow,
    async take(byteLength) {
      const here = takeNow(byteLength);
      if (here !== undefined) return here;
      const bytes = new Uint8Array(byteLength);
      return (await readInto(bytes)) ? bytes : undefined;
    },
    get buffered() {
      return piece.byteLength - offset;
    },
    isAtEnd: async () => !(await pull()),
    cancel: () => pieces.cancel(),
  };
}

interface Pieces {
  next(): Promise<Uint8Array | undefined>;
  cancel(): Promise<void>;
}

function piecesOf(source: AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>): Pieces {
  // Not every browser can iterate a ReadableStream.
  if ('getReader' in source) {
    const reader = source.getReader();
    return {
      next: async () => (await reader.read()).value,
      // A stream that failed rejects its cancelling too; the failure was reported by the read.
      cancel: () => reader.cancel().catch(() => undefined),
    };
  }
  const iterator = source[Symbol.asyncIterator]();
  return {
    async next() {
      const result = await iterator.next();
      return result.done === true ? undefined : result.value;
    },
    async cancel() {
      await iterator.return?.();
    },
  };
}
