import { CovalenceError } from '../protocol/errors.ts';
import type { Room } from './room.ts';

/** Opens files in this page alone: nothing leaves the browser, nobody else sees it. */
export async function openFileRoom(files: readonly File[]): Promise<Room> {
  throw new CovalenceError('file/unknown-format', `${files[0]?.name ?? 'This file'} cannot be read here.`);
}
