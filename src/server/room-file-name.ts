import { assertRoomName, isRoomName } from '../protocol/room-name.ts';

/** A room's name as that of a file or folder: capitals are marked, since some disks do not tell them from small letters. */
export function fileNameOfRoom(room: string): string {
  // Names come from requests; nothing but a room name may become part of a path.
  assertRoomName(room);
  return room.replace(/[A-Z]/g, (capital) => `=${capital.toLowerCase()}`);
}

/** The room of a name that {@link fileNameOfRoom} made; undefined for others. */
export function roomOfFileName(fileName: string): string | undefined {
  if (/[A-Z]/.test(fileName)) return undefined;
  const room = fileName.replace(/=([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return isRoomName(room) ? room : undefined;
}
