import { CovalenceError } from '../protocol/errors.ts';
import { decodedRoomName } from '../protocol/room-name.ts';
import type { RoomAddress } from '../protocol/routes.ts';

/**
 * Takes a room's URL apart: `https://host/base/r/argon#token=x` has base `https://host/base`, room `argon` and token
 * `x`. Relative URLs are read against `against`, in a page its own address. Throws `room/name-invalid`.
 */
export function parseRoomUrl(url: string, against?: string): RoomAddress & { token?: string } {
  let parsed: URL;
  try {
    parsed = new URL(url, against ?? globalThis.location?.href);
  } catch (cause) {
    throw new CovalenceError(
      'room/name-invalid',
      `"${url}" is not the URL of a room, e.g. http://localhost:8080/r/argon.`,
      { url },
      { cause },
    );
  }
  const match = /^(.*)\/r\/([^/]+)\/?$/.exec(parsed.pathname);
  if (match === null || !/^https?:$/.test(parsed.protocol)) {
    throw new CovalenceError(
      'room/name-invalid',
      `"${url}" does not lead to a room. The URL of a room is <server>/r/<room>, e.g. http://localhost:8080/r/argon.`,
      { url },
    );
  }
  const room = decodedRoomName(match[2], url);
  // After "#" it reaches no server, log or other page by accident.
  const inFragment = new URLSearchParams(parsed.hash.slice(1)).get('token');
  const token = inFragment ?? parsed.searchParams.get('token');
  return { base: parsed.origin + match[1], room, ...(token === null ? {} : { token }) };
}

/** Takes the URLs of one room on several servers apart. Throws `room/name-invalid`, also when they are of several rooms. */
export function parseRoomUrls(urls: readonly string[]): { bases: readonly string[]; room: string; token?: string } {
  const [first, ...others] = urls.map((url) => parseRoomUrl(url));
  if (first === undefined) {
    throw new CovalenceError(
      'room/name-invalid',
      'No URL of a room was given. Give one, or a list of several servers.',
    );
  }
  const other = others.find(({ room }) => room !== first.room);
  if (other !== undefined) {
    throw new CovalenceError(
      'room/name-invalid',
      `These URLs lead to the rooms "${first.room}" and "${other.room}". A list is of one room on several servers.`,
      { rooms: [first.room, other.room] },
    );
  }
  const token = [first, ...others].find((each) => each.token !== undefined)?.token;
  return {
    bases: [first, ...others].map(({ base }) => base),
    room: first.room,
    ...(token === undefined ? {} : { token }),
  };
}
