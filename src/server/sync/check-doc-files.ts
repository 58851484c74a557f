import { join } from 'node:path';
import { applyUpdate, Doc } from 'yjs';
import { roomOfDocFile } from './doc-file-name.ts';
import { decodeLog } from './doc-log-codec.ts';
import { nodeStoreDisk } from './store-disk.ts';

/** What a check of the stored shared states found. */
export interface DocReport {
  /** Shared states that can be read. */
  sound: number;
  byteLength: number;
  /** What is wrong, a sentence each. */
  problems: string[];
  /** What looks odd and is harmless, a sentence each. */
  remarks: string[];
}

/** Reads the shared state of every room in a directory and compares it with its checksums. Changes nothing. */
export async function checkDocFiles(directory: string): Promise<DocReport> {
  const report: DocReport = { sound: 0, byteLength: 0, problems: [], remarks: [] };
  // A directory of frames alone has none.
  const files: string[] = await nodeStoreDisk.list(directory).catch(() => []);
  for (const file of files.sort()) {
    const room = roomOfDocFile(file);
    if (room === undefined) {
      if (file.includes('.cut-'))
        report.remarks.push(`${file} has what was cut off the end of a shared state when a server found it unsound`);
      continue;
    }
    const bytes = await nodeStoreDisk.read(join(directory, file));
    if (bytes === undefined) continue;
    const before = report.problems.length;
    checkDoc(room, file, bytes, report);
    if (report.problems.length > before) continue;
    report.sound += 1;
    report.byteLength += bytes.byteLength;
  }
  return report;
}

function checkDoc(room: string, file: string, bytes: Buffer, { problems, remarks }: DocReport): void {
  const { stored, wholeByteLength, isDamaged, isAltered } = decodeLog(bytes);
  const tail = bytes.byteLength - wholeByteLength;
  if (stored === undefined || isDamaged) problems.push(`${room}: ${file} is damaged at byte ${wholeByteLength}`);
  else if (isAltered) {
    problems.push(
      `${room}: the last ${tail} bytes of ${file} do not have their checksum: a change that was altered, or one that a ` +
        'loss of power broke off',
    );
  } else if (tail > 0) remarks.push(`${room}: the last ${tail} bytes of ${file} are a write that broke off`);
  const doc = new Doc();
  try {
    for (const update of stored?.updates ?? []) applyUpdate(doc, update);
    if (doc.store.pendingStructs !== null) problems.push(`${room}: changes are missing in ${file}`);
  } catch (error) {
    problems.push(`${room}: what ${file} has is no document (${String(error)})`);
  } finally {
    doc.destroy();
  }
}
