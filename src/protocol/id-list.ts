import { CovalenceError } from './errors.ts';

/** Ids of one list; a longer one is refused on both sides, because a few coded bytes may stand for very many ids. */
export const MAX_IDS = 10_000_000;
/** The largest id. */
export const MAX_ID = 0xffff_fffe;

/**
 * First byte of a coded list. All integers are LEB128 varints; `gap` = id - previous id - 1, the one before the first
 * being -1. `runs`: pairs (gap, length - 1). `deltas`: gaps. `rice`: varint count, byte k, then a bit stream, lowest bit
 * first, of each gap as (gap >> k) ones, a zero, and the k low bits of gap, lowest first.
 */
const KIND = { runs: 1, deltas: 2, rice: 3 } as const;
const MAX_RICE = 24;

function refuse(problem: string): CovalenceError {
  return new CovalenceError('value/invalid', `This list of ids cannot be used: ${problem}.`);
}

/** Says what is wrong with a list of ids, or undefined: they are integers from 0 to {@link MAX_ID}, in any order. */
export function idsProblem(ids: unknown): string | undefined {
  if (!Array.isArray(ids)) return 'it is no array of integers';
  if (ids.length > MAX_IDS) return `it has ${ids.length} ids, at most ${MAX_IDS} are allowed`;
  for (let index = 0; index < ids.length; index += 1) {
    const id: unknown = ids[index];
    if (typeof id === 'number' && Number.isInteger(id) && id >= 0 && id <= MAX_ID) continue;
    return `item ${index} is ${String(id)}, expected an integer from 0 to ${MAX_ID}`;
  }
  return undefined;
}

/** The ids ascending and each once; the same array when it already is. */
export function sortIds(ids: readonly number[]): readonly number[] {
  let isAscending = true;
  for (let index = 1; index < ids.length && isAscending; index += 1) {
    isAscending = ids[index - 1] < ids[index];
  }
  return isAscending ? ids : [...new Set(ids)].sort((a, b) => a - b);
}

function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length += 1;
  return length;
}

class ByteWriter {
  readonly bytes: Uint8Array;
  #at = 0;
  #bit = 0;

  constructor(byteLength: number) {
    this.bytes = new Uint8Array(byteLength);
  }

  byte(value: number): void {
    this.bytes[this.#at] = value;
    this.#at += 1;
  }

  varint(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.byte((rest % 128) | 128);
    this.byte(rest);
  }

  bit(value: number): void {
    if (value === 1) this.bytes[this.#at] = this.bytes[this.#at] | (1 << this.#bit);
    this.#bit += 1;
    if (this.#bit < 8) return;
    this.#bit = 0;
    this.#at += 1;
  }
}

class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #bit = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw refuse('its coded form ends too early');
    this.#at += 1;
    return value;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 28; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw refuse('its coded form has an integer that is too long');
  }

  bit(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw refuse('its coded form ends too early');
    const value = (byte >> this.#bit) & 1;
    this.#bit += 1;
    if (this.#bit === 8) {
      this.#bit = 0;
      this.#at += 1;
    }
    return value;
  }

  endBits(): void {
    if (this.#bit === 0) return;
    this.#bit = 0;
    this.#at += 1;
  }
}

/** Calls `visit` with the gap before each run of consecutive ids and the length of the run. */
function eachRun(ids: readonly number[], visit: (gap: number, length: number) => void): void {
  let previous = -1;
  for (let start = 0; start < ids.length;) {
    let end = start + 1;
    while (end < ids.length && ids[end] === ids[end - 1] + 1) end += 1;
    visit(ids[start] - previous - 1, end - start);
    previous = ids[end - 1];
    start = end;
  }
}

function riceBits(gaps: readonly number[], k: number): number {
  let bits = gaps.length * (k + 1);
  for (const gap of gaps) bits += Math.floor(gap / 2 ** k);
  return bits;
}

function bestRice(gaps: readonly number[]): { k: number; byteLength: number } {
  let best = { k: 0, byteLength: Number.POSITIVE_INFINITY };
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / Math.max(gaps.length, 1);
  const middle = Math.round(Math.log2(mean + 1));
  for (let k = Math.max(0, middle - 3); k <= Math.min(MAX_RICE, middle + 1); k += 1) {
    const byteLength = 2 + varintLength(gaps.length) + Math.ceil(riceBits(gaps, k) / 8);
    if (byteLength < best.byteLength) best = { k, byteLength };
  }
  return best;
}

/**
 * The shortest coded form of a set of ids; order and repetition are not kept. A box of atoms takes a few bytes, an
 * irregular choice about log2(average gap) + 2 bits an id. Throws `value/invalid` when {@link idsProblem} finds any.
 */
export function encodeIds(ids: readonly number[]): Uint8Array {
  const problem = idsProblem(ids);
  if (problem !== undefined) throw refuse(problem);
  const sorted = sortIds(ids);
  const gaps: number[] = [];
  let runsLength = 1;
  let deltasLength = 1;
  eachRun(sorted, (gap, length) => {
    runsLength += varintLength(gap) + varintLength(length - 1);
    deltasLength += varintLength(gap) + length - 1;
    gaps.push(gap);
    for (let index = 1; index < length; index += 1) gaps.push(0);
  });
  const rice = bestRice(gaps);
  const byteLength = Math.min(runsLength, deltasLength, rice.byteLength);
  const writer = new ByteWriter(byteLength);
  if (byteLength === runsLength) {
    writer.byte(KIND.runs);
    eachRun(sorted, (gap, length) => {
      writer.varint(gap);
      writer.varint(length - 1);
    });
  } else if (byteLength === deltasLength) {
    writer.byte(KIND.deltas);
    for (const gap of gaps) writer.varint(gap);
  } else {
    writer.byte(KIND.rice);
    writer.varint(gaps.length);
    writer.byte(rice.k);
    for (const gap of gaps) {
      for (let ones = Math.floor(gap / 2 ** rice.k); ones > 0; ones -= 1) writer.bit(1);
      writer.bit(0);
      for (let bit = 0; bit < rice.k; bit += 1) writer.bit((gap >> bit) & 1);
    }
  }
  return writer.bytes;
}

/** The ids of a coded list, ascending. Throws `value/invalid` on anything {@link encodeIds} could not have written. */
export function decodeIds(bytes: Uint8Array): number[] {
  const reader = new ByteReader(bytes);
  const ids: number[] = [];
  let last = -1;
  const add = (gap: number, length: number): void => {
    if (ids.length + length > MAX_IDS) throw refuse(`it has more than ${MAX_IDS} ids`);
    const first = last + 1 + gap;
    last = first + length - 1;
    if (last > MAX_ID) throw refuse(`it has an id above ${MAX_ID}`);
    for (let id = first; id <= last; id += 1) ids.push(id);
  };
  const kind = reader.byte();
  if (kind === KIND.runs) {
    while (!reader.isAtEnd) add(reader.varint(), reader.varint() + 1);
  } else if (kind === KIND.deltas) {
    while (!reader.isAtEnd) add(reader.varint(), 1);
  } else if (kind === KIND.rice) {
    const count = reader.varint();
    const k = reader.byte();
    if (k > MAX_RICE) throw refuse(`its coded form has the parameter ${k}, at most ${MAX_RICE} is allowed`);
    for (let index = 0; index < count; index += 1) {
      let gap = 0;
      while (reader.bit() === 1) gap += 2 ** k;
      for (let bit = 0; bit < k; bit += 1) gap += reader.bit() * 2 ** bit;
      add(gap, 1);
    }
    reader.endBits();
    if (!reader.isAtEnd) throw refuse('its coded form has bytes left over');
  } else throw refuse(`its coded form is of the unknown kind ${kind}`);
  return ids;
}
