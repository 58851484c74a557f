import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { perceiveBonds } from '../../src/chem/bonds.ts';

const file = `${process.env.COVALENCE_TEST_DATA ?? '../shared/data'}/generated/water100k.gro.gz`;
const isAbsent = !existsSync(file);

it.skipIf(isAbsent)(
  `[C15] finds exactly two bonds a molecule, each to its own oxygen, in a box of 34,734 waters${isAbsent ? ' (skipped: no test data)' : ''}`,
  () => {
    const lines = gunzipSync(readFileSync(file)).toString().split('\n');
    const atomCount = Number(lines[1]);
    const positions = new Float32Array(3 * atomCount);
    const numbers = new Uint8Array(atomCount);
    for (let i = 0; i < atomCount; i += 1) {
      const line = lines[i + 2];
      for (let k = 0; k < 3; k += 1) positions[3 * i + k] = 10 * Number(line.slice(20 + 8 * k, 28 + 8 * k));
      numbers[i] = line.slice(10, 15).includes('O') ? 8 : 1;
    }
    const edges = lines[atomCount + 2]
      .trim()
      .split(/\s+/)
      .map((edge) => 10 * Number(edge));
    const cell = Float64Array.of(edges[0], 0, 0, 0, edges[1], 0, 0, 0, edges[2]);
    const { count, pairs } = perceiveBonds({ atomCount, positions, numbers, cell, pbc: [1, 1, 1] });
    expect(count).toBe((2 * atomCount) / 3);
    for (let i = 0; i < 2 * count; i += 2) expect(Math.floor(pairs[i] / 3)).toBe(Math.floor(pairs[i + 1] / 3));
  },
);
