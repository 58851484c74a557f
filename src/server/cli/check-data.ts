import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CovalenceError } from '../../protocol/errors.ts';
import { checkStore } from '../data/check-store.ts';
import { fileRoomStorage } from '../data/file-room-storage.ts';

const numbers = new Intl.NumberFormat('en-US');

/**
 * `covalence fsck`: reads all rooms of a data directory that no server is using, compares everything with its checksums
 * and hashes, and prints what it found. True when all is well. Rejects with `store/in-use` while a server has it.
 */
export async function checkData(dataDirectory: string, print: (line: string) => void): Promise<boolean> {
  const directory = join(dataDirectory, 'frames');
  const isThere = await stat(directory).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isThere) {
    throw new CovalenceError('room/not-found', `"${dataDirectory}" holds no rooms. Name its folder with --data.`, {});
  }
  const storage = await fileRoomStorage({ directory });
  try {
    const { rooms, commits, blobs, byteLength, unreferenced, problems, remarks } = await checkStore(directory, storage);
    print(
      `${numbers.format(rooms)} rooms, ${numbers.format(commits)} commits, ${numbers.format(blobs)} arrays of ` +
        `${numbers.format(byteLength)} bytes compared with their sha256`,
    );
    if (unreferenced > 0) print(`${numbers.format(unreferenced)} arrays belong to no frame; a server removes them`);
    for (const remark of remarks) print(`note: ${remark}`);
    for (const problem of problems) print(`DAMAGE: ${problem}`);
    print(problems.length === 0 ? 'All is well.' : `${problems.length} problems. Restore the folder from a copy.`);
    return problems.length === 0;
  } finally {
    await storage.close();
  }
}
