import type { HighBitFeed } from './high-bit-feed.ts';
import { InflateProblem } from './prefix-code.ts';

const GROUP_LENGTH = 50;
const LONGEST_CODE = 20;
const RUN_A = 0;
const RUN_B = 1;

/** A prefix code as the first code and first symbol of each length. */
interface Code {
  shortest: number;
  limits: Int32Array;
  offsets: Int32Array;
  symbols: Uint16Array;
}

function codeOf(lengths: Uint8Array): Code {
  const counts = new Uint16Array(LONGEST_CODE + 2);
  for (const length of lengths) counts[length] += 1;
  const symbols = new Uint16Array(lengths.length);
  const limits = new Int32Array(LONGEST_CODE + 1).fill(-1);
  const offsets = new Int32Array(LONGEST_CODE + 1);
  let code = 0;
  let place = 0;
  let shortest = LONGEST_CODE;
  for (let length = 1; length <= LONGEST_CODE; length += 1) {
    offsets[length] = place - code;
    for (let symbol = 0; symbol < lengths.length; symbol += 1)
      if (lengths[symbol] === length) symbols[place++] = symbol;
    if (counts[length] > 0) shortest = Math.min(shortest, length);
    code += counts[length];
    if (code > 1 << length) throw new InflateProblem('the codes of a block contradict each other');
    limits[length] = counts[length] > 0 ? code - 1 : -1;
    code <<= 1;
  }
  return { shortest, limits, offsets, symbols };
}

function symbolOf(feed: HighBitFeed, { shortest, limits, offsets, symbols }: Code): number {
  let code = feed.take(shortest);
  for (let length = shortest; length <= LONGEST_CODE; length += 1) {
    if (code <= limits[length]) return symbols[code + offsets[length]];
    code = (code << 1) | feed.take(1);
  }
  throw new InflateProblem('a code has no meaning');
}

/** The bytes that occur in a block, in order. */
function readAlphabet(feed: HighBitFeed): Uint8Array {
  const rows = feed.take(16);
  const bytes: number[] = [];
  for (let row = 0; row < 16; row += 1) {
    if (((rows >> (15 - row)) & 1) === 0) continue;
    const columns = feed.take(16);
    for (let column = 0; column < 16; column += 1) if ((columns >> (15 - column)) & 1) bytes.push(16 * row + column);
  }
  if (bytes.length === 0) throw new InflateProblem('a block has no bytes');
  return Uint8Array.from(bytes);
}

function readSelectors(feed: HighBitFeed, groupCount: number): Uint8Array {
  const selectors = new Uint8Array(feed.take(15));
  const order = Array.from({ length: groupCount }, (_, group) => group);
  for (let k = 0; k < selectors.length; k += 1) {
    let place = 0;
    while (feed.take(1) === 1) if (++place >= groupCount) throw new InflateProblem('a block selects no code');
    const [group] = order.splice(place, 1);
    order.unshift(group);
    selectors[k] = group;
  }
  return selectors;
}

function readCode(feed: HighBitFeed, symbolCount: number): Code {
  const lengths = new Uint8Array(symbolCount);
  let length = feed.take(5);
  for (let symbol = 0; symbol < symbolCount; symbol += 1) {
    for (;;) {
      if (length < 1 || length > LONGEST_CODE) throw new InflateProblem('a code is too long');
      if (feed.take(1) === 0) break;
      length += feed.take(1) === 0 ? 1 : -1;
    }
    lengths[symbol] = length;
  }
  return codeOf(lengths);
}

/** The sorted bytes of a block of at most `capacity`, before they are put back in order. */
function readSorted(feed: HighBitFeed, capacity: number): Uint8Array {
  const alphabet = readAlphabet(feed);
  const groupCount = feed.take(3);
  if (groupCount < 2 || groupCount > 6) throw new InflateProblem('a block has a wrong number of codes');
  const selectors = readSelectors(feed, groupCount);
  const codes = Array.from({ length: groupCount }, () => readCode(feed, alphabet.length + 2));
  const endOfBlock = alphabet.length + 1;
  const sorted = new Uint8Array(capacity);
  let length = 0;
  let run = 0;
  let weight = 1;
  for (let group = 0; group < selectors.length; group += 1) {
    const code = codes[selectors[group]];
    for (let k = 0; k < GROUP_LENGTH; k += 1) {
      const symbol = symbolOf(feed, code);
      if (symbol === RUN_A || symbol === RUN_B) {
        run += weight << symbol;
        weight <<= 1;
        if (run > capacity) throw new InflateProblem('a block is too long');
        continue;
      }
      if (length + run > capacity) throw new InflateProblem('a block is too long');
      sorted.fill(alphabet[0], length, length + run);
      length += run;
      run = 0;
      weight = 1;
      if (symbol === endOfBlock) return sorted.subarray(0, length);
      if (length >= capacity) throw new InflateProblem('a block is too long');
      const byte = alphabet[symbol - 1];
      alphabet.copyWithin(1, 0, symbol - 1);
      alphabet[0] = byte;
      sorted[length++] = byte;
    }
  }
  throw new InflateProblem('a block does not end');
}

/** Reads a block after its checksum and puts its bytes back in order; runs are still coded. */
export function readBlock(feed: HighBitFeed, capacity: number): Uint8Array {
  if (feed.take(1) === 1) throw new InflateProblem('a block is randomised, as no program has written for decades');
  const origin = feed.take(24);
  const sorted = readSorted(feed, capacity);
  if (origin >= sorted.length) throw new InflateProblem('a block begins nowhere');
  const starts = new Uint32Array(257);
  for (const byte of sorted) starts[byte + 1] += 1;
  for (let byte = 0; byte < 256; byte += 1) starts[byte + 1] += starts[byte];
  const next = new Uint32Array(sorted.length);
  for (let at = 0; at < sorted.length; at += 1) next[starts[sorted[at]]++] = at;
  const block = new Uint8Array(sorted.length);
  let at = next[origin];
  for (let k = 0; k < block.length; k += 1) {
    block[k] = sorted[at];
    at = next[at];
  }
  return block;
}
