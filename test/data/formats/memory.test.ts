import { execFile } from 'node:child_process';
import { mkdtempSync, openSync, closeSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtProgram } from '../built-program.ts';

const BYTES = 300e6;
const ATOMS = 3000;
const directory = mkdtempSync(join(tmpdir(), 'covalence-formats-'));
const file = join(directory, 'big.xyz');
let frames = 0;
let program: string;

/** What the child measured: CPU in milliseconds, memory in MB. */
interface Measured {
  readMs: number;
  indexMs: number;
  count: number;
  energies: number;
  lastEnergy: number;
  firstAfter: number;
  peakMb: number;
}

describe('a big file', () => {
  beforeAll(async () => {
    const line = (k: number): string =>
      `${'CHO'[k % 3]}  ${[0, 1, 2, 3, 4, 5].map((c) => (((k * 37 + c * 1009) % 99_991) / 1000 - 50).toFixed(8).padStart(16)).join(' ')}\n`;
    const atoms = Array.from({ length: ATOMS }, (_, k) => line(k)).join('');
    const handle = openSync(file, 'w');
    for (let written = 0; written < BYTES; frames += 1) {
      written += writeSync(
        handle,
        `${ATOMS}\nLattice="50.0 0.0 0.0 0.0 50.0 0.0 0.0 0.0 50.0" Properties=species:S:1:pos:R:3:forces:R:3 energy=${-100 - frames / 8} pbc="F F F"\n${atoms}`,
      );
    }
    closeSync(handle);
    program = await builtProgram(new URL('./measure-big-file.ts', import.meta.url), directory);
  });

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('[F18] 300 MB of extended XYZ are indexed within 200 MB of process memory, the first frame read at once', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [program, file]);
    const measured = JSON.parse(stdout) as Measured;
    process.stdout.write(
      `300 MB, ${frames} frames: reading ${measured.readMs} ms CPU, index ${measured.indexMs} ms CPU, ` +
        `peak memory ${measured.peakMb} MB, first frame after ${measured.firstAfter} MB\n`,
    );
    expect(measured.count).toBe(frames);
    expect(measured.energies).toBe(frames);
    expect(measured.lastEnergy).toBe(-100 - (frames - 1) / 8);
    expect(measured.peakMb).toBeLessThan(200);
    expect(measured.firstAfter).toBeLessThan(20);
  });
});
