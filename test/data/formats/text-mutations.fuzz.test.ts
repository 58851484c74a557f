import { expect, it } from 'vitest';
import { isCovalenceError } from '../../../src/protocol/errors.ts';
import { isFrameArray } from '../../../src/protocol/frames.ts';
import { openTrajectory } from '../../../src/data/formats/open-trajectory.ts';
import { memorySource } from '../../../src/data/formats/source/memory-source.ts';
import { count } from '../../counts.ts';
import { bcifStart } from './bcif-start.ts';
import { seeded } from './seeded.ts';
import { STARTS, WORDS } from './text-mutation-starts.ts';
import { cpuMs } from './cpu-ms.ts';

const ROUNDS = Number(process.env.COVALENCE_FUZZ_ROUNDS ?? count(1500, 100_000));
/** No file of a few kB may take longer, on a busy machine too. */
const LONGEST_MS = 1000;
/** Values of a frame of a file of a few kB, all arrays together. */
const MOST_VALUES = 2_000_000;

type Random = (limit: number) => number;

function mutatedText(start: string, below: Random): Uint8Array {
  let text = start;
  for (let k = below(5); k >= 0; k -= 1) {
    const at = below(text.length + 1);
    const length = below(2) === 0 ? 0 : below(below(5) === 0 ? 200 : 6);
    const kind = below(20);
    if (kind < 8) text = text.slice(0, at) + WORDS[below(WORDS.length)] + text.slice(at + length);
    else if (kind < 12) text = text.slice(0, at) + text.slice(at + length + 1);
    else if (kind < 15) text = text.slice(0, at) + String.fromCharCode(below(256)) + text.slice(at + 1);
    else if (kind < 18) {
      const from = below(text.length);
      text = text.slice(0, at) + text.slice(from, from + below(300)) + text.slice(at);
    } else text = text.slice(0, at);
  }
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function mutatedBytes(start: Uint8Array, below: Random): Uint8Array {
  const bytes = start.slice(0, below(5) === 0 ? below(start.length + 1) : start.length);
  for (let k = below(4); k >= 0 && bytes.length > 0; k -= 1)
    bytes[below(bytes.length)] = below(2) === 0 ? below(256) : 255;
  return bytes;
}

for (const [extension, starts] of Object.entries({ ...STARTS, bcif: [bcifStart()] })) {
  it(
    `[F81] ${ROUNDS} mutated .${extension} files are read or refused with a code, in bounded time and memory`,
    { timeout: 1_800_000 },
    async () => {
      const { random, seed } = seeded(`.${extension}`);
      const below = (limit: number): number => Math.floor(random() * limit);
      const outcomes = { read: 0, refused: 0, frames: 0, badFrames: 0, slowest: 0 };
      for (let round = 0; round < ROUNDS; round += 1) {
        const start = starts[below(starts.length)];
        const bytes = typeof start === 'string' ? mutatedText(start, below) : mutatedBytes(start, below);
        const began = cpuMs();
        try {
          await see(`fuzz.${extension}`, bytes, outcomes);
        } catch (error) {
          const content = JSON.stringify(Buffer.from(bytes).toString('latin1'));
          throw new Error(`seed ${seed} round ${round}: ${String(error)}\n${content}`, { cause: error });
        }
        const took = cpuMs() - began;
        outcomes.slowest = Math.max(outcomes.slowest, took);
        if (took > LONGEST_MS) {
          throw new Error(
            `seed ${seed} round ${round} took ${took} ms\n${JSON.stringify(Buffer.from(bytes).toString('latin1'))}`,
          );
        }
      }
      process.stdout.write(
        `.${extension}: ${JSON.stringify({ ...outcomes, slowest: `${outcomes.slowest.toFixed(0)} ms` })}\n`,
      );
      expect(outcomes.refused + outcomes.badFrames).toBeGreaterThan(ROUNDS / 20);
      expect(outcomes.read).toBeGreaterThan(ROUNDS / 50);
      expect(outcomes.frames - outcomes.badFrames).toBeGreaterThan(ROUNDS / 20);
    },
  );
}

async function see(
  name: string,
  bytes: Uint8Array,
  outcomes: { read: number; refused: number; frames: number; badFrames: number },
): Promise<void> {
  const trajectory = await openTrajectory(memorySource(name, bytes)).catch((error: unknown) => {
    if (!isCovalenceError(error, 'file/empty', 'file/unknown-format', 'file/damaged')) throw error;
    return undefined;
  });
  if (trajectory === undefined) return;
  await trajectory.index().then(
    () => (outcomes.read += 1),
    (error: unknown) => {
      if (!isCovalenceError(error, 'file/damaged', 'file/empty')) throw error;
      outcomes.refused += 1;
    },
  );
  trajectory.warnings?.();
  trajectory.serialiseIndex();
  for (let index = 0; index < trajectory.count; index += 1) {
    outcomes.frames += 1;
    try {
      const data = await trajectory.read(index);
      const atoms = isFrameArray(data.positions) ? data.positions.shape[0] : -1;
      let values = 0;
      for (const [key, value] of Object.entries(data)) {
        if (!isFrameArray(value)) continue;
        values += value.data.length;
        expect(value.data.length, key).toBe(value.shape.reduce((product, size) => product * size, 1));
        if (key === 'numbers' || key.startsWith('arrays.')) expect(value.shape[0], key).toBe(atoms);
        if (key === 'bonds' || key === 'info.links')
          for (const atom of value.data) expect(atom >= 0 && atom < atoms, key).toBe(true);
        if (key === 'cell') for (const part of value.data) expect(Number.isFinite(part), key).toBe(true);
      }
      expect(values).toBeLessThan(MOST_VALUES);
    } catch (error) {
      if (!isCovalenceError(error, 'file/damaged')) throw error;
      outcomes.badFrames += 1;
    }
  }
}
