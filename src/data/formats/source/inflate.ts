import type { BitFeed } from './bit-feed.ts';
import { InflateProblem, prefixCode, type PrefixCode } from './prefix-code.ts';

/** How far back a copy may reach, and how much output is kept for it. */
const WINDOW = 32 * 1024;
const CHUNK = 128 * 1024;
const LONGEST_COPY = 258;

const LENGTH_BASES = Uint16Array.of(
  3,
  4,
  5,
  6,
  7,
  8,
  9,
  10,
  11,
  13,
  15,
  17,
  19,
  23,
  27,
  31,
  35,
  43,
  51,
  59,
  67,
  83,
  99,
  115,
  131,
  163,
  195,
  227,
  258,
);
const LENGTH_BITS = Uint8Array.of(
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  1,
  1,
  1,
  1,
  2,
  2,
  2,
  2,
  3,
  3,
  3,
  3,
  4,
  4,
  4,
  4,
  5,
  5,
  5,
  5,
  0,
);
const DISTANCE_BASES = Uint16Array.of(
  1,
  2,
  3,
  4,
  5,
  7,
  9,
  13,
  17,
  25,
  33,
  49,
  65,
  97,
  129,
  193,
  257,
  385,
  513,
  769,
  1025,
  1537,
  2049,
  3073,
  4097,
  6145,
  8193,
  12289,
  16385,
  24577,
);
const DISTANCE_BITS = Uint8Array.of(
  0,
  0,
  0,
  0,
  1,
  1,
  2,
  2,
  3,
  3,
  4,
  4,
  5,
  5,
  6,
  6,
  7,
  7,
  8,
  8,
  9,
  9,
  10,
  10,
  11,
  11,
  12,
  12,
  13,
  13,
);
const CODE_ORDER = Uint8Array.of(16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15);

function fixedLengths(): Uint8Array {
  const lengths = new Uint8Array(288).fill(8);
  lengths.fill(9, 144, 256);
  lengths.fill(7, 256, 280);
  return lengths;
}

interface Codes {
  literals: PrefixCode;
  distances: PrefixCode;
}

let fixed: Codes | undefined;

/** More bytes than the head of a block takes, and than a copy takes. */
const LONGEST_HEAD = 400;
const LONGEST_SYMBOL = 8;

/**
 * Inflates one deflate stream (RFC 1951). Yields output in pieces that are valid until the next is asked for, and
 * undefined when `feed` must be given more bytes or its end; takes from it exactly the bytes of the stream. All output
 * before a damage is yielded before {@link InflateProblem} is thrown.
 */
export function* inflate(feed: BitFeed): Generator<Uint8Array | undefined, void, void> {
  const out = new Uint8Array(WINDOW + CHUNK + LONGEST_COPY);
  let at = 0;
  let given = 0;
  /** Whether output has been moved out of the window already. */
  let moved = false;
  const slide = (): void => {
    out.copyWithin(0, at - WINDOW, at);
    at = WINDOW;
    given = WINDOW;
    moved = true;
  };
  try {
    for (let isLast = false; !isLast;) {
      while (!feed.has(LONGEST_HEAD)) yield undefined;
      isLast = feed.take(1) === 1;
      const kind = feed.take(2);
      if (kind === 0) {
        feed.align();
        let length = feed.take(16);
        if (feed.take(16) !== (length ^ 0xffff)) throw new InflateProblem('the length of a stored block is wrong');
        for (; length > 0; length -= 1) {
          while (!feed.has(1)) yield undefined;
          out[at] = feed.take(8);
          at += 1;
          if (at >= WINDOW + CHUNK) {
            yield out.subarray(given, at);
            slide();
          }
        }
        continue;
      }
      if (kind === 3) throw new InflateProblem('a block is of no known kind');
      const { literals, distances } = kind === 1 ? fixedCodes() : readCodes(feed);
      for (;;) {
        while (!feed.has(LONGEST_SYMBOL)) yield undefined;
        const symbol = feed.symbol(literals);
        if (symbol < 256) {
          out[at] = symbol;
          at += 1;
        } else if (symbol === 256) break;
        else {
          if (symbol > 285) throw new InflateProblem('a length is out of range');
          const length = LENGTH_BASES[symbol - 257] + feed.take(LENGTH_BITS[symbol - 257]);
          const far = feed.symbol(distances);
          if (far > 29) throw new InflateProblem('a distance is out of range');
          const distance = DISTANCE_BASES[far] + feed.take(DISTANCE_BITS[far]);
          if (distance > at && !moved) throw new InflateProblem('a copy reaches before the beginning');
          let from = at - distance;
          for (const stop = at + length; at < stop;) out[at++] = out[from++];
        }
        if (at >= WINDOW + CHUNK) {
          yield out.subarray(given, at);
          slide();
        }
      }
    }
    feed.align();
  } catch (error) {
    if (at > given) yield out.subarray(given, at);
    throw error;
  }
  if (at > given) yield out.subarray(given, at);
}

function fixedCodes(): Codes {
  fixed ??= { literals: prefixCode(fixedLengths()), distances: prefixCode(new Uint8Array(30).fill(5)) };
  return fixed;
}

function readCodes(feed: BitFeed): Codes {
  const literalCount = feed.take(5) + 257;
  const distanceCount = feed.take(5) + 1;
  const codeCount = feed.take(4) + 4;
  const order = new Uint8Array(19);
  for (let k = 0; k < codeCount; k += 1) order[CODE_ORDER[k]] = feed.take(3);
  const code = prefixCode(order);
  const lengths = new Uint8Array(literalCount + distanceCount);
  for (let at = 0; at < lengths.length;) {
    const symbol = feed.symbol(code);
    if (symbol < 16) {
      lengths[at] = symbol;
      at += 1;
      continue;
    }
    if (symbol === 16 && at === 0) throw new InflateProblem('a repetition has nothing to repeat');
    const value = symbol === 16 ? lengths[at - 1] : 0;
    const count = symbol === 16 ? 3 + feed.take(2) : symbol === 17 ? 3 + feed.take(3) : 11 + feed.take(7);
    if (at + count > lengths.length) throw new InflateProblem('a repetition is too long');
    lengths.fill(value, at, at + count);
    at += count;
  }
  return {
    literals: prefixCode(lengths.subarray(0, literalCount)),
    distances: prefixCode(lengths.subarray(literalCount)),
  };
}
