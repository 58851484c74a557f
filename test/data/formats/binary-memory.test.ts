import { execFile } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { frameArray } from '../../../src/protocol/frames.ts';
import { writeXtcFrame } from '../../../src/data/formats/write/write-xtc.ts';
import { builtProgram } from '../built-program.ts';
import { waterFixture } from './water-fixtures.ts';

interface Measured {
  count: number;
  indexBytes: number;
  peakMb: number;
}

const BYTES = 200_000_000;
const ATOMS = 50_000;

describe('large binary files', () => {
  const directory = mkdtempSync(join(tmpdir(), 'covalence-binary-'));
  let program: string;

  function repeated(name: string, head: Uint8Array, frame: Uint8Array): { path: string; frames: number } {
    const path = join(directory, name);
    const handle = openSync(path, 'w');
    writeSync(handle, head);
    const frames = Math.ceil(BYTES / frame.length);
    for (let k = 0; k < frames; k += 1) writeSync(handle, frame);
    closeSync(handle);
    return { path, frames };
  }

  async function measure(path: string): Promise<Measured> {
    const { stdout } = await promisify(execFile)(process.execPath, [program, path]);
    return JSON.parse(stdout) as Measured;
  }

  beforeAll(async () => {
    program = await builtProgram(new URL('./measure-binary-file.ts', import.meta.url), directory);
  });

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('[F49] [F50] 200 MB of XTC are indexed by their headers, and 100 frames read, within 200 MB of memory', async () => {
    const positions = Float64Array.from({ length: 3 * ATOMS }, (_, k) => ((k * 7919) % 1009) / 10);
    const frame = writeXtcFrame({ positions: frameArray(positions, [ATOMS, 3]) });
    const { path, frames } = repeated('large.xtc', new Uint8Array(0), frame);
    const measured = await measure(path);
    process.stdout.write(`XTC: ${frames} frames, ${JSON.stringify(measured)}\n`);
    expect(measured.count).toBe(frames);
    expect(measured.indexBytes).toBeLessThan(BYTES / 20);
    expect(measured.peakMb).toBeLessThan(200);
  });

  it('[F49] [F50] 200 MB of DCD are indexed without reading them', async () => {
    const bytes = waterFixture('dcd');
    const frameLength = 56 + 3 * 56;
    const head = bytes.subarray(0, bytes.length - 5 * frameLength);
    const { path, frames } = repeated('large.dcd', head, bytes.subarray(head.length, head.length + frameLength));
    const measured = await measure(path);
    process.stdout.write(`DCD: ${frames} frames, ${JSON.stringify(measured)}\n`);
    expect(measured.count).toBe(frames);
    expect(measured.indexBytes).toBeLessThan(1_000_000);
    expect(measured.peakMb).toBeLessThan(200);
  });
});
