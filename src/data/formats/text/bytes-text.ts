const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const latin1 = new TextDecoder('windows-1252');

/** The text of `bytes[start, end)`: UTF-8, or Latin-1 where it is not valid UTF-8. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= 64) {
    let text = '';
    let at = start;
    for (; at < end && bytes[at] < 0x80; at += 1) text += String.fromCharCode(bytes[at]);
    if (at === end) return text;
  }
  const piece = bytes.subarray(start, end);
  try {
    return utf8.decode(piece);
  } catch {
    return latin1.decode(piece);
  }
}

/** Bytes of the line before its `\r`, if it has one. */
export function lineEnd(bytes: Uint8Array, start: number, end: number): number {
  return end > start && bytes[end - 1] === 13 ? end - 1 : end;
}

/** True for the bytes that separate words within a line: blank, tab, carriage return, vertical tab, form feed. */
export function isBlank(byte: number): boolean {
  return byte === 32 || byte === 9 || byte === 13 || byte === 11 || byte === 12;
}

/** True when `bytes[start, end)` holds nothing but blanks. */
export function isBlankLine(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (!isBlank(bytes[at])) return false;
  return true;
}

/** The whole number that is alone in `bytes[start, end)` apart from blanks; -1 when there is none. */
export function countAlone(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(bytes[at])) at += 1;
  if (at < end && bytes[at] === 43) at += 1;
  const first = at;
  let value = 0;
  while (at < end && bytes[at] >= 48 && bytes[at] <= 57) {
    value = value * 10 + bytes[at] - 48;
    at += 1;
  }
  if (at === first || !isBlankLine(bytes, at, end)) return -1;
  return value;
}

/** One line of a text: its bytes are `[start, end)` without newline, the next line begins at `next`. */
export interface Line {
  start: number;
  end: number;
  next: number;
}

/** The line that begins at `start`; a `\r` before the newline belongs to it. */
export function lineAt(bytes: Uint8Array, start: number): Line {
  const newline = bytes.indexOf(10, start);
  return newline < 0 ? { start, end: bytes.length, next: bytes.length } : { start, end: newline, next: newline + 1 };
}
