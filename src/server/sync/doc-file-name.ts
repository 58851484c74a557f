import { assertRoomName } from '../../protocol/room-name.ts';

const SUFFIX = '.ydoc';

/** A room's name as a file's: capitals are marked, since some disks do not tell them from small letters. */
export function docFileName(room: string): string {
  assertRoomName(room);
  return room.replace(/[A-Z]/g, (capital) => `=${capital.toLowerCase()}`) + SUFFIX;
}

/** The room whose shared state a file has; undefined for other files. */
export function roomOfDocFile(fileName: string): string | undefined {
  if (!fileName.endsWith(SUFFIX)) return undefined;
  return fileName.slice(0, -SUFFIX.length).replace(/=([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
