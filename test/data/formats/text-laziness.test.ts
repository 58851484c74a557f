import { expect, it } from 'vitest';
import { isFrameArray } from '../../../src/protocol/frames.ts';
import { openTrajectory } from '../../../src/data/formats/open-trajectory.ts';
import { stepSource } from './step-source.ts';
import { STARTS } from './text-mutation-starts.ts';

const FRAMES = 2000;

/** Files of many small frames. */
const FILES: Readonly<Record<string, string>> = {
  'a.lammpstrj': STARTS.lammpstrj[0].repeat(FRAMES / 5),
  XDATCAR: `${STARTS.xdatcar[0].split('Direct')[0]}${Array.from({ length: FRAMES }, (_, k) => `Direct configuration= ${k}\n0.1 0.2 0.3\n0.4 0.5 0.6\n`).join('')}`,
  'a.sdf': (STARTS.sdf[0].split('$$$$\n')[0] + '$$$$\n').repeat(FRAMES),
  'crystals.cif': STARTS.cif[0].split('data_b')[0].repeat(FRAMES),
  'models.cif': STARTS.cif[1].replace(/(?:ATOM.*\n)+/, () =>
    Array.from({ length: FRAMES }, (_, k) => `ATOM 1 C C1 LIG A 1 1.${k} 2 3 ${k}\n`).join(''),
  ),
};

it.each(Object.entries(FILES))(
  '[F82] a frame of %s is read from its own bytes and while the pass runs',
  async (name, text) => {
    const source = stepSource(name, text, 4096);
    source.allow(64 * 1024);
    const trajectory = await openTrajectory(source);
    const sniffed = source.bytesRead;
    const pass = trajectory.index();
    // Only the keys that need not wait for the end of the file.
    const first = await trajectory.read(0, ['positions']);
    expect(isFrameArray(first.positions)).toBe(true);
    expect(trajectory.isComplete).toBe(false);
    source.allow(text.length);
    await pass;
    expect(trajectory.count).toBe(FRAMES);
    const before = source.bytesRead;
    await trajectory.read(FRAMES / 2);
    await trajectory.read(FRAMES - 1);
    expect(source.bytesRead - before).toBeLessThan(text.length / 100);
    expect(before - sniffed).toBeLessThan(text.length / 100);
  },
);
