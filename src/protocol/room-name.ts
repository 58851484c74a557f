import { CovalenceError } from './errors.ts';

const ROOM_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Longest room name in characters. */
export const MAX_ROOM_NAME_LENGTH = 128;

/** True for a usable room name: letters, digits, `.`, `_`, `-`, not starting with a sign, without `..`. */
export function isRoomName(name: unknown): name is string {
  return (
    typeof name === 'string' && name.length <= MAX_ROOM_NAME_LENGTH && ROOM_NAME.test(name) && !name.includes('..')
  );
}

/** Throws `room/name-invalid` unless `name` can name a room. */
export function assertRoomName(name: unknown): asserts name is string {
  if (isRoomName(name)) return;
  throw new CovalenceError(
    'room/name-invalid',
    `"${String(name)}" cannot name a room. Use letters, digits, ".", "_" and "-", starting with a letter or digit, without "..".`,
    { name: String(name) },
  );
}

/** The name of a room as it stands in a path. Throws `room/name-invalid`; `url` is for its sentence. */
export function decodedRoomName(encoded: string, url: string): string {
  let room: string;
  try {
    room = decodeURIComponent(encoded);
  } catch (cause) {
    throw new CovalenceError(
      'room/name-invalid',
      `The name of the room in "${url}" is not encoded text: a "%" is followed by two hexadecimal digits of UTF-8.`,
      { url },
      { cause },
    );
  }
  assertRoomName(room);
  return room;
}

/**
 * A room name made from a file name: base name without its extensions, letters without their accents, other characters
 * replaced by "-".
 */
export function roomNameOfFile(path: string): string {
  const base = path.split(/[\\/]/).at(-1) ?? '';
  const stem = base.replace(/\.(gz|bz2)$/i, '').replace(/\.[A-Za-z0-9]+$/, '');
  const name = (stem === '' ? base : stem)
    .normalize('NFKD')
    .replace(/\p{Mark}+/gu, '')
    .replace(/ß/g, 'ss')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, MAX_ROOM_NAME_LENGTH)
    .replace(/-+$/, '');
  return isRoomName(name) ? name : 'room';
}
