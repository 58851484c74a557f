import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { isCovalenceError } from '../../../src/protocol/errors.ts';
import { inspectUpdate } from '../../../src/server/sync/gate.ts';
import { count } from '../../counts.ts';
import { makeSeeds, mutateBytes, structuredUpdate } from './hostile-updates.ts';
import { seeded } from './seeded.ts';

const SEED = Number(process.env['SEED'] ?? 20261121);
/** Mutated updates. */
const COUNT = count(200_000, 2_000_000);

const toJson = (doc: Y.Doc): string => JSON.stringify(sorted(doc.getMap('state').toJSON()));
const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, inner]) => [key, sorted(inner)]),
      )
    : value;

describe('hostile updates', () => {
  it(`[T26] ${COUNT} mutated updates (2,000,000 in test:long; seed ${SEED}): none throws, waits, damages or diverges`, () => {
    const random = seeded(SEED);
    const { bases, updates } = makeSeeds(random);
    const told = { structured: 0, refused: 0, gap: 0, nothing: 0, applied: 0, changed: 0 };
    // A room that takes in everything the gate lets through, one after the other, and one client that follows it.
    let room = new Y.Doc();
    let follower = new Y.Doc();
    const begin = (base: Uint8Array): void => {
      room = new Y.Doc();
      room.getMap('state');
      follower = new Y.Doc();
      room.on('update', (update: Uint8Array) => Y.applyUpdate(follower, update));
      Y.applyUpdate(room, base);
    };
    begin(bases[0]);
    for (let number = 0; number < COUNT; number += 1) {
      const where = `seed ${SEED} number ${number}`;
      if (number % 25 === 0) begin(bases[Math.floor(random() * bases.length)]);
      const isStructured = random() < 0.5;
      const honest = updates[Math.floor(random() * updates.length)].update;
      const update = isStructured ? structuredUpdate(room, random) : mutateBytes(honest, random);
      if (isStructured) told.structured += 1;
      const isWholeState = random() < 0.3;
      const owned = random() < 0.2 ? 7 : undefined;
      const before = Y.encodeStateAsUpdate(room);
      let verdict;
      try {
        verdict = inspectUpdate(update, {
          doc: room,
          isWholeState,
          mayExtend: (client) => owned === undefined || client === owned,
        });
      } catch (error) {
        if (!isCovalenceError(error, 'sync/refused', 'auth/denied')) throw new Error(where, { cause: error });
        told.refused += 1;
        continue;
      }
      told[verdict.kind === 'apply' ? 'applied' : verdict.kind] += 1;
      if (verdict.kind !== 'apply') continue;
      try {
        Y.applyUpdate(room, verdict.update);
      } catch (error) {
        throw new Error(`${where} threw on ${Buffer.from(update).toString('hex')}`, { cause: error });
      }
      const note = `${where} ${Buffer.from(update).toString('hex')}`;
      expect(room.store.pendingStructs, note).toBe(null);
      expect(room.store.pendingDs, note).toBe(null);
      const after = Y.encodeStateAsUpdate(room);
      if (Buffer.compare(before, after) !== 0) told.changed += 1;
      if (number % 5 !== 0) continue;
      const joiner = new Y.Doc();
      Y.applyUpdate(joiner, after);
      expect(joiner.store.pendingStructs, note).toBe(null);
      expect(toJson(joiner), note).toBe(toJson(room));
      expect(toJson(follower), note).toBe(toJson(room));
      // What a fresh client would send back in full passes the gate of an empty room.
      const empty = new Y.Doc();
      const again = inspectUpdate(after, { doc: empty, isWholeState: true, mayExtend: () => true });
      if (again.kind === 'apply') Y.applyUpdate(empty, again.update);
      expect(toJson(empty), note).toBe(toJson(room));
    }
    process.stdout.write(`seed ${SEED}: ${JSON.stringify(told)}\n`);
    expect(told.structured).toBeGreaterThan(0.3 * COUNT);
    // Too strict a gate would pass this test by refusing everything.
    expect(told.changed).toBeGreaterThan(0.05 * COUNT);
  }, 300_000);
});
