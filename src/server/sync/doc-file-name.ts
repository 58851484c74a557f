import { fileNameOfRoom, roomOfFileName } from '../room-file-name.ts';

const SUFFIX = '.ydoc';

/** The file that has the shared state of a room. */
export function docFileName(room: string): string {
  return fileNameOfRoom(room) + SUFFIX;
}

/** The room whose shared state a file has; undefined for other files. */
export function roomOfDocFile(fileName: string): string | undefined {
  return fileName.endsWith(SUFFIX) ? roomOfFileName(fileName.slice(0, -SUFFIX.length)) : undefined;
}
