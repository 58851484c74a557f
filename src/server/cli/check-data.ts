import { join } from 'node:path';
import { checkStore } from '../data/check-store.ts';
import { fileRoomStorage } from '../data/file-room-storage.ts';
import { checkDocFiles } from '../sync/check-doc-files.ts';
import { framesDirectory } from './frames-directory.ts';

const numbers = new Intl.NumberFormat('en-US');

/**
 * `covalence fsck`: reads all rooms of a data directory that no server is using, compares everything with its checksums
 * and hashes, and prints what it found. True when all is well. Rejects with `store/in-use` while a server has it.
 */
export async function checkData(dataDirectory: string, print: (line: string) => void): Promise<boolean> {
  const directory = await framesDirectory(dataDirectory);
  const storage = await fileRoomStorage({ directory });
  try {
    const { rooms, commits, blobs, byteLength, unreferenced, problems, remarks } = await checkStore(directory, storage);
    print(
      `${numbers.format(rooms)} rooms, ${numbers.format(commits)} commits, ${numbers.format(blobs)} arrays of ` +
        `${numbers.format(byteLength)} bytes compared with their sha256`,
    );
    const states = await checkDocFiles(join(dataDirectory, 'state'));
    print(`${numbers.format(states.sound)} shared states of ${numbers.format(states.byteLength)} bytes`);
    problems.push(...states.problems);
    remarks.push(...states.remarks);
    if (unreferenced > 0) print(`${numbers.format(unreferenced)} arrays belong to no frame; a server removes them`);
    for (const remark of remarks) print(`note: ${remark}`);
    for (const problem of problems) print(`DAMAGE: ${problem}`);
    print(problems.length === 0 ? 'All is well.' : `${problems.length} problems. Restore the folder from a copy.`);
    return problems.length === 0;
  } finally {
    await storage.close();
  }
}
