const DECODER = new TextDecoder();

/** Where a value of sound msgpack that begins at `offset` ends. `bytes` were looked over by `msgpackProblem` before. */
export function endOfValue(bytes: Uint8Array, offset: number): number {
  let at = offset;
  for (let owed = 1; owed > 0; owed -= 1) {
    const head = bytes[at];
    at += 1;
    if (head <= 0x7f || head >= 0xe0 || (head >= 0xc0 && head <= 0xc3)) continue;
    if (head <= 0x8f) owed += (head & 0x0f) * 2;
    else if (head <= 0x9f) owed += head & 0x0f;
    else if (head <= 0xbf) at += head & 0x1f;
    else if (head <= 0xc6) at += (1 << (head - 0xc4)) + lengthAt(bytes, at, 1 << (head - 0xc4));
    else if (head >= 0xd9 && head <= 0xdb) at += (1 << (head - 0xd9)) + lengthAt(bytes, at, 1 << (head - 0xd9));
    else if (head >= 0xdc) {
      const lengthBytes = head % 2 === 0 ? 2 : 4;
      owed += lengthAt(bytes, at, lengthBytes) * (head >= 0xde ? 2 : 1);
      at += lengthBytes;
    } else at += FIXED_BYTES[head - 0xca];
  }
  return at;
}

/** Bytes behind the heads 0xca to 0xd3: floats and whole numbers. */
const FIXED_BYTES = [4, 8, 1, 2, 4, 8, 1, 2, 4, 8];

/** How many entries the list or map at `offset` has, and where the first begins. */
export function openAt(bytes: Uint8Array, offset: number): { count: number; at: number } {
  const head = bytes[offset];
  if (head >= 0x80 && head <= 0x9f) return { count: head & 0x0f, at: offset + 1 };
  const lengthBytes = head % 2 === 0 ? 2 : 4;
  return { count: lengthAt(bytes, offset + 1, lengthBytes), at: offset + 1 + lengthBytes };
}

/** The text at `offset`. */
export function textAt(bytes: Uint8Array, offset: number): string {
  const end = endOfValue(bytes, offset);
  const head = bytes[offset];
  const start = offset + (head <= 0xbf ? 1 : 1 + (1 << (head - 0xd9)));
  if (end - start > 64) return DECODER.decode(bytes.subarray(start, end));
  let text = '';
  for (let i = start; i < end; i += 1) {
    if (bytes[i] > 0x7f) return DECODER.decode(bytes.subarray(start, end));
    text += String.fromCharCode(bytes[i]);
  }
  return text;
}

/** The whole number, zero or more, at `offset`; undefined for anything else. */
export function wholeNumberAt(bytes: Uint8Array, offset: number): number | undefined {
  const head = bytes[offset];
  if (head <= 0x7f) return head;
  if (head < 0xcc || head > 0xcf) return undefined;
  if (head < 0xcf) return lengthAt(bytes, offset + 1, 1 << (head - 0xcc));
  return lengthAt(bytes, offset + 1, 4) * 0x100000000 + lengthAt(bytes, offset + 5, 4);
}

function lengthAt(bytes: Uint8Array, at: number, lengthBytes: number): number {
  if (lengthBytes === 1) return bytes[at];
  if (lengthBytes === 2) return bytes[at] * 256 + bytes[at + 1];
  return bytes[at] * 0x1000000 + bytes[at + 1] * 0x10000 + bytes[at + 2] * 0x100 + bytes[at + 3];
}
