import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { CommitRecord, RecordOp, StoredKeys, StoredValue } from '../../../src/server/data/commit-record.ts';
import { PackedInsert } from '../../../src/server/data/packed-insert.ts';
import { packRecords, unpackRecords } from '../../../src/server/data/record-codec.ts';
import { RoomState } from '../../../src/server/data/room-state.ts';
import { seeded } from './seeded.ts';

const SEED = Number(process.env['COVALENCE_SEED'] ?? 1_121);
const HISTORIES = process.env['COVALENCE_LONG'] === '1' ? 400 : 12;

function stored(number: number): StoredValue {
  const inline = new Uint8Array(Float64Array.of(number).buffer);
  const hash = createHash('sha256').update(inline).digest('hex');
  if (number % 3 > 0) return { type: 'number', shape: [], hash, byteLength: 8, inline };
  return { type: '<f4', shape: [number % 7, 3], hash, byteLength: 300 + number * 70 };
}

/** A history of large and small insertions, changes, removals, moves, as a server would write it. */
function history(random: () => number): CommitRecord[] {
  const records: CommitRecord[] = [];
  const state = new RoomState();
  const below = (n: number): number => Math.floor(random() * n);
  const keys = (): StoredKeys =>
    Object.fromEntries(
      ['energy', 'positions', 'info.ü', 'numbers'].slice(0, 1 + below(4)).map((key) => [key, stored(below(60))]),
    );
  const removed: string[] = [];
  const add = (...ops: RecordOp[]): void => {
    const record = { seq: state.seq + 1, at: 1_800_000_000_000 + state.seq, author: 'ada', ops };
    records.push(record);
    state.apply(structuredClone(record));
  };
  add({ op: 'room', name: 'r', epoch: 'e' });
  for (let step = 0; step < 14; step += 1) {
    const prefix = `nabc${records.length.toString(36)}_`;
    const { count } = state.order;
    const id = state.order.at(below(count));
    const after = [undefined, null, id][below(3)];
    const place = after === undefined ? {} : { after };
    if (step < 2 || id === undefined || random() < 0.3) {
      // Two insertions of one commit go on numbering; ids of other shapes are possible too.
      const [large, start] = [random() < 0.7 ? 100 + below(400) : 1 + below(5), below(3) * 40];
      const name =
        random() < 0.8 ? (i: number) => prefix + (start + i).toString(36) : (i: number) => `${prefix}x${i * 2}`;
      const frames = Array.from({ length: large }, (_, i) => ({ id: name(i), version: 1, keys: keys() }));
      add({ op: 'insert', ...place, frames }, { op: 'policy', requireLock: false });
      continue;
    }
    const version = (state.version(id) as number) + 1;
    const ground = ([undefined, 'empty'] as const)[below(2)];
    const kind = below(4);
    if (kind === 0) add({ op: 'set', id, version, keys: { ...keys(), energy: null }, ...(ground && { ground }) });
    else if (kind === 1) {
      add({ op: 'remove', id, version, after: state.order.before(id) ?? null });
      removed.push(id);
    } else if (kind === 2 && removed.length > 0) {
      const back = removed.pop() as string;
      add({ op: 'restore', id: back, version: (state.version(back) as number) + 1, after: id });
    } else if (after !== id) add({ op: 'move', id, after: after ?? null, from: state.order.before(id) ?? null });
  }
  return records;
}

function seen(state: RoomState): unknown {
  const ids = state.order.slice(0, state.order.count);
  const every = [
    ...new Set([...ids, ...state.records.flatMap(({ ops }) => ops.flatMap((op) => ('id' in op ? op.id : [])))]),
  ];
  return {
    ids,
    places: ids.map((id) => state.order.indexOf(id)),
    frames: every.map((id) => [id, state.isNamed(id), state.version(id), state.history(id), state.head(id)]),
    firsts: every.map((id) => state.head(id, 1)),
    changed: every.slice(0, 50).map((id) => state.keysChangedSince(id, 1)),
    hashes: [...state.values()].map(({ hash }) => hash).sort(),
    byHash: [...state.values()].map(({ hash }) => state.valueByHash(hash)?.byteLength),
    blobByteLength: state.blobByteLength,
    recent: state.recentlyChanged(1_000),
    records: state.records.map(({ ops }) => ops.map((op) => (op.op === 'insert' ? { ...op, frames: op.frames } : op))),
  };
}

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_name, part: unknown) => (part instanceof Map ? [...part] : part));

test(`[D210] ${HISTORIES} histories (seed ${SEED}; 12, in test:long 400) add up to the same state whether large insertions are objects or as they lie in the log`, () => {
  let packed = 0;
  for (let i = 0; i < HISTORIES; i += 1) {
    const records = history(seeded(SEED + i));
    const plain = new RoomState();
    for (const record of structuredClone(records)) plain.apply(record);
    const bytes = packRecords(records);
    const unpacked = unpackRecords(bytes);
    packed += unpacked.flatMap(({ ops }) => ops).filter((op) => op instanceof PackedInsert).length;
    const lazy = new RoomState();
    for (const record of unpacked) lazy.apply(record);
    const [found, wanted] = [seen(lazy), seen(plain)];
    // Comparing texts takes a tenth of the time.
    if (textOf(found) !== textOf(wanted)) expect(found, `seed ${SEED + i}`).toEqual(wanted);
    expect(Buffer.compare(packRecords(unpacked), bytes), `seed ${SEED + i}`).toBe(0);
    for (const hash of ['', 'f'.repeat(64), 'no hash']) expect(lazy.valueByHash(hash)).toBeUndefined();
  }
  expect(packed).toBeGreaterThan(HISTORIES);
});
