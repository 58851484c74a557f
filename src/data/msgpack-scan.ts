/** What a body of msgpack may contain; the defaults fit every request and answer of the data channel. */
export interface MsgpackLimits {
  /** Nesting of arrays and maps. */
  depth: number;
  /** Bytes of one text. */
  stringByteLength: number;
  /** Bytes of one binary value. */
  binaryByteLength: number;
  /** Elements of one array. */
  arrayLength: number;
  /** Entries of one map. */
  mapLength: number;
}

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const KEY_DECODER = new TextDecoder();

/** Bytes of the value behind a head byte, or of its length field, for the fixed-size types 0xca to 0xd3. */
const SCALAR_BYTES = [4, 8, 1, 2, 4, 8, 1, 2, 4, 8];

/**
 * Says what is wrong with `bytes` as exactly one msgpack value within `limits`, or undefined when nothing is. It walks
 * the structure without building anything, because the decoder allocates whatever a length field claims: a claimed
 * length is accepted only when the bytes that are left could hold it.
 */
export function msgpackProblem(bytes: Uint8Array, limits: MsgpackLimits): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Values still to come at each open level, and whether the level is a map (where every second value is a key).
  const pending: number[] = [1];
  const isMap: boolean[] = [false];
  let owed = 1;
  let offset = 0;

  const open = (count: number, map: boolean): string | undefined => {
    const values = map ? count * 2 : count;
    owed += values;
    if (owed > bytes.byteLength - offset)
      return `${count} elements are announced where ${bytes.byteLength - offset} bytes are left`;
    const limit = map ? limits.mapLength : limits.arrayLength;
    if (count > limit) return `${map ? 'a map' : 'an array'} has ${count} elements, at most ${limit} are allowed`;
    if (values === 0) return undefined;
    pending.push(values);
    isMap.push(map);
    return pending.length - 1 > limits.depth ? `it is nested deeper than ${limits.depth} levels` : undefined;
  };

  while (pending.length > 0) {
    const level = pending.length - 1;
    const left = pending[level];
    if (left === 0) {
      pending.pop();
      isMap.pop();
      continue;
    }
    pending[level] = left - 1;
    owed -= 1;
    if (offset >= bytes.byteLength) return `it ends after ${offset} bytes in the middle of a value`;
    const isKey = isMap[level] && left % 2 === 0;
    const head = view.getUint8(offset);
    offset += 1;
    const text = textLength(view, head, offset);
    if (isKey && text === undefined) return `a key of a map is not text (byte ${offset - 1})`;

    if (text !== undefined) {
      if (text.length > limits.stringByteLength)
        return `a text has ${text.length} bytes, at most ${limits.stringByteLength} are allowed`;
      const start = offset + text.lengthBytes;
      offset = start + text.length;
      if (offset > bytes.byteLength) return 'it ends in the middle of a text';
      if (isKey && FORBIDDEN_KEYS.has(KEY_DECODER.decode(bytes.subarray(start, offset)))) {
        return `"${KEY_DECODER.decode(bytes.subarray(start, offset))}" is not allowed as a key`;
      }
      continue;
    }
    if (head <= 0x7f || head >= 0xe0 || head === 0xc0 || head === 0xc2 || head === 0xc3) continue;
    let problem: string | undefined;
    if (head <= 0x8f) problem = open(head & 0x0f, true);
    else if (head <= 0x9f) problem = open(head & 0x0f, false);
    else if (head >= 0xca && head <= 0xd3) {
      offset += SCALAR_BYTES[head - 0xca];
      if (offset > bytes.byteLength) return 'it ends in the middle of a number';
      if (head === 0xcf || head === 0xd3) problem = bigIntegerProblem(view, offset - 8, head === 0xd3);
    } else if (head >= 0xdc && head <= 0xdf) {
      const lengthBytes = head % 2 === 0 ? 2 : 4;
      const count = readLength(view, offset, lengthBytes);
      if (count === undefined) return 'it ends in the middle of a length';
      offset += lengthBytes;
      problem = open(count, head >= 0xde);
    } else if (head >= 0xc4 && head <= 0xc6) {
      const lengthBytes = 1 << (head - 0xc4);
      const length = readLength(view, offset, lengthBytes);
      if (length === undefined) return 'it ends in the middle of a length';
      if (length > limits.binaryByteLength)
        return `a binary value has ${length} bytes, at most ${limits.binaryByteLength} are allowed`;
      offset += lengthBytes + length;
      if (offset > bytes.byteLength) return 'it ends in the middle of a binary value';
    } else return `the type 0x${head.toString(16)} is not allowed (extension types are not used here)`;
    if (problem !== undefined) return problem;
  }
  return offset === bytes.byteLength ? undefined : `${bytes.byteLength - offset} bytes follow after its end`;
}

function readLength(view: DataView, offset: number, lengthBytes: number): number | undefined {
  if (offset + lengthBytes > view.byteLength) return undefined;
  if (lengthBytes === 1) return view.getUint8(offset);
  return lengthBytes === 2 ? view.getUint16(offset) : view.getUint32(offset);
}

function textLength(view: DataView, head: number, offset: number): { length: number; lengthBytes: number } | undefined {
  if (head >= 0xa0 && head <= 0xbf) return { length: head & 0x1f, lengthBytes: 0 };
  if (head < 0xd9 || head > 0xdb) return undefined;
  const lengthBytes = 1 << (head - 0xd9);
  const length = readLength(view, offset, lengthBytes);
  return { length: length ?? Number.POSITIVE_INFINITY, lengthBytes };
}

function bigIntegerProblem(view: DataView, offset: number, isSigned: boolean): string | undefined {
  const value = isSigned ? view.getBigInt64(offset) : view.getBigUint64(offset);
  const isSafe = value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER);
  return isSafe ? undefined : `the whole number ${value} cannot be kept exactly; send it as a float or as text`;
}
