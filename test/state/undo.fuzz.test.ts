import { describe, expect, it } from 'vitest';
import { equalValues } from '../../src/protocol/values.ts';
import type { StateValue } from '../../src/protocol/values.ts';
import type { SharedState } from '../../src/state/index.ts';
import { replica, seededRandom, sync } from './replicas.ts';
import type { Replica } from './replicas.ts';

const RUNS = 10_000;
const STEPS = 24;
const SEED = Number(process.env['COVALENCE_SEED'] ?? 20_240_601);

const KEYS = ['selection.a', 'selection.b', 'camera.a', 'bookmark.a', 'scene.background'];

function pick<T>(random: () => number, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)];
}

/** A valid value for the key, tiny so that runs collide. */
function valueFor(key: string, random: () => number): StateValue {
  const n = Math.floor(random() * 3);
  if (key.startsWith('selection.'))
    return { display_name: `n${n}`, particle_ids: [n], color: pick(random, ['red', 'blue']) };
  if (key.startsWith('camera.')) return { position: [0, 0, n + 1], target: [0, 0, 0], up: [0, 1, 0] };
  if (key.startsWith('bookmark.')) return { frame_id: `f${n}` };
  return pick(random, ['black', 'white', 'grey']);
}

function patchFor(key: string, random: () => number): Record<string, StateValue | undefined> {
  if (key.startsWith('camera.')) return pick(random, [{ position: [1, 1, 1] }, { fov: 30 }, { fov: undefined }]);
  return pick<Record<string, StateValue | undefined>>(random, [
    { display_name: `n${Math.floor(random() * 3)}` },
    { display_name: undefined },
    { color: 'green' },
    { color: undefined, extra: 1 },
  ]);
}

/** One random step of one participant. */
function step(state: SharedState, random: () => number): void {
  const key = pick(random, KEYS);
  const choice = random();
  if (choice < 0.2) state.set(key, valueFor(key, random));
  else if (choice < 0.5) {
    if (state.has(key) && key !== 'scene.background') state.update(key, patchFor(key, random));
  } else if (choice < 0.65) state.remove(key);
  else if (choice < 0.85) state.undo();
  else state.redo();
}

/** Every key is whole: what the documents hold is shown, and nothing was reported. */
function check(replicas: readonly Replica[], invalid: readonly string[], where: string): void {
  expect(invalid, where).toEqual([]);
  for (const { doc, state } of replicas) {
    expect([...doc.getMap('state').keys()].sort(), where).toEqual([...state.keys()]);
    for (const key of ['camera.a', 'selection.a']) {
      const value = state.get(key);
      if (value !== undefined) expect(Object.keys(value as object).length, where).toBeGreaterThan(0);
    }
  }
}

describe('undo among others, at random', () => {
  it(`[S96] ${RUNS} random runs of three participants leave no invalid, half or different record (seed ${SEED})`, () => {
    for (let run = 0; run < RUNS; run += 1) {
      const seed = SEED + run;
      const random = seededRandom(seed);
      const replicas = [1, 2, 3].map((id) => replica(id));
      const invalid: string[] = [];
      for (const { state } of replicas) state.onInvalid(({ key, error }) => invalid.push(`${key}: ${error.message}`));
      for (let count = 0; count < STEPS; count += 1) {
        step(pick(random, replicas).state, random);
        if (random() < 0.35) sync(pick(random, replicas), pick(random, replicas));
      }
      sync(...replicas);
      const where = `seed ${seed}`;
      check(replicas, invalid, where);
      const [first, ...others] = replicas.map(({ state }) => state.snapshot());
      for (const other of others)
        expect(equalValues({ ...other } as StateValue, { ...first } as StateValue), where).toBe(true);
    }
  }, 300_000);

  it('[S97] alone, undoing everything gives nothing, redoing everything gives the same again', () => {
    for (let run = 0; run < 300; run += 1) {
      const random = seededRandom(SEED + run);
      const { state } = replica(1);
      for (let count = 0; count < STEPS; count += 1) {
        const key = pick(random, KEYS);
        const choice = random();
        if (choice < 0.5) state.set(key, valueFor(key, random));
        else if (choice < 0.8) {
          if (state.has(key) && key !== 'scene.background') state.update(key, patchFor(key, random));
        } else state.remove(key);
      }
      const end = { ...state.snapshot() };
      while (state.undo());
      expect(state.size, `seed ${SEED + run}`).toBe(0);
      while (state.redo());
      expect({ ...state.snapshot() }, `seed ${SEED + run}`).toEqual(end);
    }
  });
});
