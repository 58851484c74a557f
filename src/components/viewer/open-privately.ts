import { openFileRoom } from '../../room/open-file-room.ts';
import { pairDropped } from '../../room/pair-dropped.ts';
import type { Room } from '../../room/room.ts';
import { loadPerson } from '../person.ts';

/** Opens the first of these files, or the first trajectory with its topology. */
export async function openFiles(files: readonly File[], signal: AbortSignal | undefined): Promise<Room> {
  const [{ file, topology }] = await pairDropped(files);
  return open(file, topology, signal);
}

/** Opens the file at an address of the page. */
export async function openUrl(
  url: string,
  topology: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Room> {
  const at = (address: string): URL => new URL(address, document.baseURI);
  return open(at(url), topology === undefined ? undefined : at(topology), signal);
}

function open(file: File | URL, topology: File | URL | undefined, signal: AbortSignal | undefined): Promise<Room> {
  const { name, color } = loadPerson();
  return openFileRoom(file, { user: { name, color }, topology, ...(signal === undefined ? {} : { signal }) });
}
