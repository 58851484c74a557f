import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { count } from '../../counts.ts';
import { builtProgram } from '../../data/built-program.ts';
import { scratchDirectory } from './store-fixture.ts';

const MEGABYTES = count(128, 2_000);
const ATOMS = 300;

test(`[D119] ${MEGABYTES} MB of extended XYZ (128, with test:long 2,000) are opened, read and edited within 200 MB`, async () => {
  const directory = await scratchDirectory();
  const path = join(directory, 'long.xyz');
  const frames = await writeLong(path, MEGABYTES * 1e6);
  const measure = await builtProgram(new URL('./measure-long-file.ts', import.meta.url), directory);
  // Once with the pass over the file, once with the index that it left.
  for (const round of ['first', 'again']) {
    const { stdout } = await promisify(execFile)(process.execPath, [measure, path, join(directory, 'data')]);
    const found = JSON.parse(stdout) as { peakMb: number };
    process.stdout.write(`${MEGABYTES} MB, ${frames} frames, opened ${round}: peak memory ${found.peakMb} MB\n`);
    expect(found).toMatchObject({ count: frames, first: 0, last: round === 'first' ? frames - 1 : -1, isServer: true });
    expect(found.peakMb).toBeLessThan(200);
  }
}, 1_200_000);

/** Frames of equal length, whose energy is their number. */
async function writeLong(path: string, byteLength: number): Promise<number> {
  const line = (k: number): string =>
    `Ar ${(k * 0.137).toFixed(8)} ${(k * 0.731).toFixed(8)} ${(k * 0.317).toFixed(8)}\n`;
  const atoms = Array.from({ length: ATOMS }, (_, k) => line(k)).join('');
  const file = await open(path, 'w');
  let frames = 0;
  for (let written = 0; written < byteLength;) {
    const part = Array.from({ length: 100 }, (_, i) => `${ATOMS}\nenergy=${frames + i}\n${atoms}`).join('');
    frames += 100;
    written += part.length;
    await file.write(part);
  }
  await file.close();
  return frames;
}
