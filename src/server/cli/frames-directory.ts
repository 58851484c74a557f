import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CovalenceError } from '../../protocol/errors.ts';

/** Where the rooms of a data directory keep their frames; rejects with `room/not-found` when it holds none. */
export async function framesDirectory(dataDirectory: string): Promise<string> {
  const directory = join(dataDirectory, 'frames');
  const isThere = await stat(directory).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isThere) {
    throw new CovalenceError('room/not-found', `"${dataDirectory}" holds no rooms. Name its folder with --data.`, {});
  }
  return directory;
}
