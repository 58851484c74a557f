import { CovalenceError } from '../protocol/errors.ts';
import { assertRoomName, isRoomName } from '../protocol/room-name.ts';

/** What disks take, 255, less the endings of the files of a room. */
const MAX_LENGTH = 220;

/** A room's name as that of a file or folder: capitals are marked, since some disks do not tell them from small letters. Throws `room/name-invalid`. */
export function fileNameOfRoom(room: string): string {
  // Names come from requests; nothing but a room name may become part of a path.
  assertRoomName(room);
  const name = room.replace(/[A-Z]/g, (capital) => `=${capital.toLowerCase()}`);
  if (name.length <= MAX_LENGTH) return name;
  throw new CovalenceError(
    'room/name-invalid',
    `"${room}" cannot name a room: a capital takes the place of two letters, which makes it ${name.length} long, and ${MAX_LENGTH} is the most. Write it in small letters.`,
    { name: room, limit: MAX_LENGTH },
  );
}

/** The room of a name that {@link fileNameOfRoom} made; undefined for others. */
export function roomOfFileName(fileName: string): string | undefined {
  if (/[A-Z]/.test(fileName)) return undefined;
  const room = fileName.replace(/=([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return isRoomName(room) ? room : undefined;
}
