import { CovalenceError } from '../../protocol/errors.ts';
import type { Room } from '../../room/room.ts';

/** Opens files in this page alone: nothing leaves the browser, nobody else sees it. */
export async function openFilesHere(files: readonly File[]): Promise<Room> {
  const { openFileRoom } = await import('../../room/open-file-room.ts');
  return await openFileRoom(files);
}

/** Opens the file at a URL in this page alone. Throws `file/not-found` when it does not come. */
export async function openUrlHere(url: string, signal: AbortSignal): Promise<Room> {
  const response = await fetch(url, { signal }).catch((cause: unknown) => {
    throw new CovalenceError(
      'file/not-found',
      `"${url}" could not be loaded: the address does not answer.`,
      { url },
      { cause },
    );
  });
  if (!response.ok) {
    throw new CovalenceError(
      'file/not-found',
      `"${url}" could not be loaded: the server answered ${response.status}.`,
      { url },
    );
  }
  const name = decodeURIComponent(new URL(url, document.baseURI).pathname.split('/').at(-1) ?? '');
  return await openFilesHere([new File([await response.blob()], name === '' ? 'file.xyz' : name)]);
}
