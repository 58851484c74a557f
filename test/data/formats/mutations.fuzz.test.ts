import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { isCovalenceError } from '../../../src/protocol/errors.ts';
import { isFrameArray } from '../../../src/protocol/frames.ts';
import { openTrajectory } from '../../../src/data/formats/open-trajectory.ts';
import { memorySource } from '../../../src/data/formats/source/memory-source.ts';
import { seeded } from './seeded.ts';
import { cpuMs } from './cpu-ms.ts';

const ROUNDS = Number(process.env.COVALENCE_FUZZ_ROUNDS ?? 2000);
/** No file of a few kB may take longer, on a busy machine too. */
const LONGEST_MS = 1000;

const fixture = (name: string): string =>
  readFileSync(new URL(`../../fixtures/formats/${name}`, import.meta.url), 'latin1');

const WORDS = [
  '"',
  "'",
  '[',
  ']',
  '{',
  '=',
  '\\',
  '\n',
  '\n\n',
  '\r',
  '\t',
  '\0',
  '-1',
  '0',
  '3',
  '4',
  '999999999',
  '99999999999999999999',
  'nan',
  'inf',
  '1e999',
  '1.2.3',
  'Properties=',
  'species:S:1:pos:R:3',
  'R:9999',
  'Lattice="',
  '_JSON [',
  '[['.repeat(40),
  'MODEL',
  'ENDMDL',
  'END',
  'CONECT    1    2    3',
  'CRYST1',
  'ATOM  ',
  't= ',
  '   1.00000',
  '\u00FF',
  'VEC1 1 0 0',
  '__proto__=1',
  'C 1 2 3',
];

const STARTS: Readonly<Record<string, string[]>> = {
  xyz: [
    fixture('water.xyz'),
    '2\nk=1 arr="1 2 3" m=[[1,2],[3,4]] j="_JSON {}" flag s=\'a b\'\nC 1.5 2 3\nO 4 5 6\n'.repeat(8),
    '1\nProperties=species:S:1:pos:R:3:w:S:2:l:L:1:n:I:3:Z:I:1\nFe2 1 2 3 a b T 1 2 3 26\n1\nslab\nC 1 2 3\nVEC1 1 0 0\nVEC2 0 1 0\n0\n\n',
  ],
  gro: [fixture('water.gro'), fixture('water.gro').replaceAll(/(0\.\d{3})\n/g, '$1  0.1000 -0.2000  0.3000\n')],
  pdb: [fixture('water.pdb'), fixture('water.pdb').replaceAll(/MODEL.*\n|ENDMDL\n/g, '')],
};

for (const [extension, starts] of Object.entries(STARTS)) {
  it(
    `[F25] ${ROUNDS} mutated .${extension} files are read or refused with a code, in bounded time`,
    { timeout: 120_000 },
    async () => {
      const { random, seed } = seeded(`.${extension}`);
      const below = (limit: number): number => Math.floor(random() * limit);
      const outcomes = { read: 0, refused: 0, frames: 0, badFrames: 0, slowest: 0 };
      for (let round = 0; round < ROUNDS; round += 1) {
        let text = starts[below(starts.length)];
        for (let k = below(5); k >= 0; k -= 1) {
          const at = below(text.length + 1);
          const length = random() < 0.5 ? 0 : below(random() < 0.8 ? 6 : 200);
          const kind = random();
          if (kind < 0.4) text = text.slice(0, at) + WORDS[below(WORDS.length)] + text.slice(at + length);
          else if (kind < 0.6) text = text.slice(0, at) + text.slice(at + length + 1);
          else if (kind < 0.75) text = text.slice(0, at) + String.fromCharCode(below(256)) + text.slice(at + 1);
          else if (kind < 0.9) {
            const from = below(text.length);
            text = text.slice(0, at) + text.slice(from, from + below(300)) + text.slice(at);
          } else text = text.slice(0, at);
        }
        const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
        const began = cpuMs();
        try {
          const trajectory = await openTrajectory(memorySource(`fuzz.${extension}`, bytes));
          await trajectory.index().then(
            () => (outcomes.read += 1),
            (error: unknown) => {
              if (!isCovalenceError(error, 'file/damaged', 'file/empty')) throw error;
              outcomes.refused += 1;
            },
          );
          for (let index = 0; index < trajectory.count; index += 1) {
            outcomes.frames += 1;
            try {
              const { positions, numbers } = await trajectory.read(index);
              if (isFrameArray(positions) && isFrameArray(numbers)) expect(positions.shape[0]).toBe(numbers.shape[0]);
              for (const values of Object.values(trajectory.scalars())) expect(values.length).toBe(trajectory.count);
            } catch (error) {
              if (!isCovalenceError(error, 'file/damaged')) throw error;
              outcomes.badFrames += 1;
            }
          }
        } catch (error) {
          if (isCovalenceError(error, 'file/empty', 'file/unknown-format')) continue;
          throw new Error(`seed ${seed} round ${round}: ${String(error)}\n${JSON.stringify(text)}`, { cause: error });
        }
        const took = cpuMs() - began;
        outcomes.slowest = Math.max(outcomes.slowest, took);
        if (took > LONGEST_MS) throw new Error(`seed ${seed} round ${round} took ${took} ms\n${JSON.stringify(text)}`);
      }
      process.stdout.write(
        `.${extension}: ${JSON.stringify({ ...outcomes, slowest: `${outcomes.slowest.toFixed(0)} ms` })}\n`,
      );
      expect(outcomes.refused).toBeGreaterThan(ROUNDS / (extension === 'pdb' ? 1000 : 10));
      expect(outcomes.read).toBeGreaterThan(ROUNDS / 10);
      expect(outcomes.badFrames).toBeGreaterThan(ROUNDS / 50);
    },
  );
}
