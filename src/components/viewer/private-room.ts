import type { Room } from '../../room/room.ts';
import { loadPerson } from '../person.ts';

/** Opens a dropped or chosen file in this page alone: nothing leaves the browser, nobody else sees it. */
export async function openFilesHere(files: readonly File[], signal?: AbortSignal): Promise<Room> {
  return await open(files[0], signal);
}

/** Opens the file at a URL, absolute or relative to the page, in this page alone. */
export async function openUrlHere(url: string, signal?: AbortSignal): Promise<Room> {
  return await open(new URL(url, document.baseURI), signal);
}

async function open(file: File | URL, signal: AbortSignal | undefined): Promise<Room> {
  const { openFileRoom } = await import('../../room/open-file-room.ts');
  const { name, color } = loadPerson();
  return await openFileRoom(file, { user: { name, color }, ...(signal === undefined ? {} : { signal }) });
}
