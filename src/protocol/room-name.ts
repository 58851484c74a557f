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

/** A room name made from a file name: base name without its extensions, other characters replaced by "-". */
export function roomNameOfFile(path: string): string {
  const base = path.split(/[\\/]/).at(-1) ?? '';
  const stem = base.replace(/\.(gz|bz2)$/i, '').replace(/\.[A-Za-z0-9]+$/, '');
  const name = (stem === '' ? base : stem)
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, MAX_ROOM_NAME_LENGTH);
  return isRoomName(name) ? name : 'room';
}
