import { decodedStream } from './byte-feed.ts';
import { BitFeed } from './bit-feed.ts';
import { inflate } from './inflate.ts';
import { InflateProblem } from './prefix-code.ts';

const CRC_TABLE = new Int32Array(256);
for (let byte = 0; byte < 256; byte += 1) {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  CRC_TABLE[byte] = remainder;
}

const HAS_CRC = 2;
const HAS_EXTRA = 4;
const HAS_NAME = 8;
const HAS_COMMENT = 16;

/** More than the fixed part of a member's head, and its tail. */
const FEW_BYTES = 10;

/**
 * Inflates gzip (RFC 1952) of one or more members, checksums included; bytes after the last member that begin no other
 * are left aside, as gzip does. Same yields and errors as {@link inflate}.
 */
export function* gunzip(feed: BitFeed): Generator<Uint8Array | undefined, void, void> {
  for (let member = 0; ; member += 1) {
    while (!feed.has(FEW_BYTES)) yield undefined;
    if (feed.isEmpty && member > 0) return;
    if (feed.take(8) !== 0x1f || feed.isEmpty || feed.take(8) !== 0x8b) {
      if (member > 0) return;
      throw new InflateProblem('it is not gzip');
    }
    if (feed.take(8) !== 8) throw new InflateProblem('its compression is not deflate');
    const flags = feed.take(8);
    for (let skip = 0; skip < 6; skip += 1) feed.take(8);
    if ((flags & HAS_EXTRA) !== 0) {
      while (!feed.has(2)) yield undefined;
      for (let skip = feed.take(16); skip > 0; skip -= 1) {
        while (!feed.has(1)) yield undefined;
        feed.take(8);
      }
    }
    for (const flag of [HAS_NAME, HAS_COMMENT]) {
      if ((flags & flag) === 0) continue;
      do while (!feed.has(1)) yield undefined;
      while (feed.take(8) !== 0);
    }
    if ((flags & HAS_CRC) !== 0) {
      while (!feed.has(2)) yield undefined;
      feed.take(16);
    }
    let crc = -1;
    let byteLength = 0;
    for (const piece of inflate(feed)) {
      if (piece !== undefined) {
        for (let at = 0; at < piece.length; at += 1) crc = CRC_TABLE[(crc ^ piece[at]) & 255] ^ (crc >>> 8);
        byteLength = (byteLength + piece.length) % 2 ** 32;
      }
      yield piece;
    }
    while (!feed.has(FEW_BYTES)) yield undefined;
    const isIntact = feed.take(16) === (~crc & 0xffff) && feed.take(16) === ~crc >>> 16;
    if (!isIntact || feed.take(16) + feed.take(16) * 65_536 !== byteLength) {
      throw new InflateProblem('its checksum does not fit its content');
    }
  }
}

/** {@link gunzip} of a stream of bytes; a piece is the caller's until the next is asked for. */
export function gunzipStream(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  const feed = new BitFeed();
  return decodedStream(compressed, feed, gunzip(feed));
}
