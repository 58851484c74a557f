import { decodedStream } from './byte-feed.ts';
import { readBlock } from './bunzip-block.ts';
import { HighBitFeed } from './high-bit-feed.ts';
import { InflateProblem } from './prefix-code.ts';

const CRC_TABLE = new Int32Array(256);
for (let byte = 0; byte < 256; byte += 1) {
  let remainder = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) remainder = remainder < 0 ? (remainder << 1) ^ 0x04c11db7 : remainder << 1;
  CRC_TABLE[byte] = remainder;
}

/** More than the longest block takes: 900,000 codes of 20 bits and the tables before them. */
const LONGEST_BLOCK = 2_400_000;
const LONGEST_RUN = 255 + 4;
const PIECE = 256 * 1024;

/** Whether these first bytes are bzip2. */
export function isBzip2(head: Uint8Array): boolean {
  return (
    head.length >= 4 && head[0] === 0x42 && head[1] === 0x5a && head[2] === 0x68 && head[3] >= 0x31 && head[3] <= 0x39
  );
}

/**
 * Unpacks bzip2 of one or more streams in a row, checksums included; a block of at most 900 kB is held at a time. Yields
 * undefined when it needs more bytes and a piece, the caller's until the next is asked for. Throws
 * {@link InflateProblem}.
 */
function* bunzip(feed: HighBitFeed): Generator<Uint8Array | undefined, void, void> {
  for (let stream = 0; ; stream += 1) {
    while (!feed.has(4)) yield undefined;
    if (feed.isEmpty && stream > 0) return;
    const magic = feed.isEmpty ? 0 : feed.take(8);
    if (magic !== 0x42 || feed.take(8) !== 0x5a || feed.take(8) !== 0x68) {
      // Bytes behind the last stream that begin no other are left aside, as bzip2 does.
      if (stream > 0) return;
      throw new InflateProblem('it is not bzip2');
    }
    const level = feed.take(8) - 0x30;
    if (level < 1 || level > 9) throw new InflateProblem('its block size is none');
    let combined = 0;
    for (;;) {
      while (!feed.has(LONGEST_BLOCK)) yield undefined;
      const kind = [feed.take(24), feed.take(24)];
      const crc = feed.word();
      if (kind[0] === 0x177245 && kind[1] === 0x385090) {
        if (crc !== combined) throw new InflateProblem('its checksum does not fit its content');
        feed.align();
        break;
      }
      if (kind[0] !== 0x314159 || kind[1] !== 0x265359) throw new InflateProblem('a block has no beginning');
      const found = yield* expandRuns(readBlock(feed, level * 100_000));
      if (found !== crc) throw new InflateProblem('the checksum of a block does not fit its content');
      combined = (((combined << 1) | (combined >>> 31)) ^ crc) >>> 0;
    }
  }
}

/** Four equal bytes are followed by how many more there are. Answers the checksum. */
function* expandRuns(block: Uint8Array): Generator<Uint8Array, number, void> {
  let out = new Uint8Array(PIECE + LONGEST_RUN);
  let length = 0;
  let crc = -1;
  let equal = 0;
  let last = -1;
  for (const byte of block) {
    if (equal === 4) {
      for (let k = 0; k < byte; k += 1) {
        out[length++] = last;
        crc = (crc << 8) ^ CRC_TABLE[((crc >>> 24) ^ last) & 255];
      }
      equal = 0;
      last = -1;
    } else {
      equal = byte === last ? equal + 1 : 1;
      last = byte;
      out[length++] = byte;
      crc = (crc << 8) ^ CRC_TABLE[((crc >>> 24) ^ byte) & 255];
    }
    if (length >= PIECE) {
      yield out.subarray(0, length);
      out = new Uint8Array(PIECE + LONGEST_RUN);
      length = 0;
    }
  }
  if (length > 0) yield out.subarray(0, length);
  return ~crc >>> 0;
}

/** {@link bunzip} of a stream of bytes. */
export function bunzipStream(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  const feed = new HighBitFeed();
  return decodedStream(compressed, feed, bunzip(feed));
}
