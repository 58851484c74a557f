import { expect, it } from 'vitest';
import { frameArray, isFrameArray, type FrameData } from '../../../src/protocol/frames.ts';
import { writeXtcFrame } from '../../../src/data/formats/write/write-xtc.ts';
import { facts, hasData, needsData, openBytes, readData } from './real-data.ts';
import { seeded } from './seeded.ts';

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

async function readBack(frames: readonly FrameData[], precision?: number): Promise<FrameData[]> {
  const bytes = concat(
    frames.map((data, index) => writeXtcFrame(data, precision === undefined ? { index } : { precision, index })),
  );
  const { trajectory, error } = await openBytes('written.xtc', bytes);
  expect(error).toBeUndefined();
  expect(trajectory.count).toBe(frames.length);
  return Promise.all(frames.map((_, index) => trajectory.read(index)));
}

function positionsOf(data: FrameData): Float32Array {
  if (!isFrameArray(data.positions) || !(data.positions.data instanceof Float32Array)) throw new Error('no positions');
  return data.positions.data;
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

it.skipIf(!hasData)(
  `[F47] what was read of every real XTC file is written and read back equal${needsData}`,
  async () => {
    for (const path of Object.keys(facts).filter((name) => name.endsWith('.xtc') && !name.startsWith('odd/'))) {
      const bytes = readData(path);
      const { trajectory } = await openBytes(path, bytes);
      const frames = await Promise.all(
        Array.from({ length: Math.min(5, trajectory.count) }, (_, k) => trajectory.read(k)),
      );
      const written = frames.reduce((sum, data) => sum + writeXtcFrame(data).length, 0);
      const original = (bytes.length / trajectory.count) * frames.length;
      process.stdout.write(`${path}: ${(written / original).toFixed(3)} of the bytes of GROMACS\n`);
      expect(written).toBeLessThan(original * 1.25);
      const back = await readBack(frames);
      for (const [index, data] of frames.entries()) {
        const { positions: mine, ...others } = data;
        const { positions: theirs, ...found } = back[index];
        expect(found).toEqual(others);
        expect(isFrameArray(mine) && isFrameArray(theirs)).toBe(true);
        expect(Buffer.compare(bytesOf(positionsOf(back[index])), bytesOf(positionsOf(data))), `${path} ${index}`).toBe(
          0,
        );
      }
    }
  },
);

it('[F47] 300 random frames come back within half a step of the precision', async () => {
  const { random, seed } = seeded('xtc writer');
  for (let round = 0; round < 300; round += 1) {
    const atomCount = Math.floor(random() * 40) + (random() < 0.3 ? 0 : 8);
    const precision = [1, 10, 1000, 1e5][Math.floor(random() * 4)];
    // From a point to what needs more than 24 bits each and more than 50 together.
    const spread = 10 ** (random() * 9 - 2) / precision;
    const step = random() < 0.5 ? spread / 10 ** (random() * 6) : spread;
    const centre = (random() - 0.5) * 100;
    const positions = new Float64Array(3 * atomCount);
    for (let k = 0; k < positions.length; k += 1) {
      const near = k >= 3 && random() < 0.8;
      positions[k] = near ? positions[k - 3] + (random() - 0.5) * step : centre + (random() - 0.5) * spread;
    }
    const data: FrameData = { positions: frameArray(positions, [atomCount, 3]), step: round, time: round / 4 };
    const [back] = await readBack([data], precision);
    expect([back.step, back.time, back.cell]).toEqual([round, round / 4, undefined]);
    const found = positionsOf(back);
    expect(found.length).toBe(positions.length);
    for (const [k, value] of found.entries()) {
      const tolerance = (atomCount <= 9 ? 0 : 5 / precision) + Math.abs(positions[k]) * 2e-7;
      const difference = Math.abs(value - positions[k]);
      if (difference > tolerance * 1.001)
        expect.fail(`seed ${seed} round ${round} at ${k}: ${value} for ${positions[k]}`);
    }
  }
});

it('[F47] what XTC cannot hold is refused', () => {
  const far = frameArray(
    Float64Array.from({ length: 30 }, (_, k) => k * 1e9),
    [10, 3],
  );
  expect(() => writeXtcFrame({ positions: far })).toThrow(/further than XTC can say/);
  const broken = frameArray(new Float64Array(30).fill(Number.NaN), [10, 3]);
  expect(() => writeXtcFrame({ positions: broken })).toThrow(/coordinate x of atom 0 is NaN/);
  expect(() => writeXtcFrame({})).toThrow(/no positions/);
});
