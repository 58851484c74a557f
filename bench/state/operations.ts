/**
 * What the shared state costs above a plain Y.Map: CPU and bytes per operation, snapshot reads at 10,000 keys, memory
 * after 100,000 overwrites. Both sides run interleaved in one process; the median of the rounds counts.
 *
 *     node --expose-gc -e "import('vite').then((vite) => vite.runnerImport('./bench/state/operations.ts'))"
 */
import { cpus } from 'node:os';
import * as Y from 'yjs';
import { createSharedState, selectionCollection } from '../../src/state/index.ts';

console.log(
  `Shared state against a plain Y.Map; ${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ` +
    `${cpus()[0]?.model ?? 'unknown processor'}.\nState / Y.Map = ratio of CPU; bytes of one update. Medians of 7 interleaved rounds of 5,000 operations.\n`,
);

const ROUNDS = 7;
const OPERATIONS = 5_000;
const KEYS = 10_000;
const OVERWRITES = 100_000;

interface Side {
  name: string;
  /** Prepares one round and returns its operation and the document that it writes. */
  open(): { doc: Y.Doc; run(index: number): void };
}

interface Sample {
  microseconds: number;
  bytes: number;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function cpuMicroseconds(run: () => void): number {
  const start = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

function measure(side: Side): Sample {
  const round = side.open();
  let bytes = 0;
  round.doc.on('update', (update: Uint8Array) => (bytes += update.byteLength));
  const microseconds = cpuMicroseconds(() => {
    for (let index = 0; index < OPERATIONS; index += 1) round.run(index);
  });
  return { microseconds: microseconds / OPERATIONS, bytes: bytes / OPERATIONS };
}

function compare(title: string, ours: Side, plain: Side): void {
  const samples: [Sample, Sample][] = [];
  for (let round = 0; round < ROUNDS; round += 1) samples.push([measure(ours), measure(plain)]);
  const [a, b] = [0, 1].map((side) => ({
    microseconds: median(samples.map((pair) => pair[side]?.microseconds ?? 0)),
    bytes: median(samples.map((pair) => pair[side]?.bytes ?? 0)),
  }));
  if (a === undefined || b === undefined) return;
  const ratio = median(samples.map(([left, right]) => left.microseconds / right.microseconds));
  console.log(
    `${title.padEnd(44)} ${a.microseconds.toFixed(1)} us / ${b.microseconds.toFixed(1)} us = ${ratio.toFixed(2)};` +
      ` ${a.bytes.toFixed(0)} B / ${b.bytes.toFixed(0)} B`,
  );
}

const record = (index: number): Record<string, string | number> => ({ name: `n${index}`, color: 'red', size: index });

function plainMap(prepare?: (root: Y.Map<unknown>) => void): { doc: Y.Doc; root: Y.Map<unknown> } {
  const doc = new Y.Doc();
  const root = doc.getMap<unknown>('state');
  if (prepare !== undefined) doc.transact(() => prepare(root));
  return { doc, root };
}

compare(
  'create a record',
  {
    name: 'state',
    open: () => {
      const doc = new Y.Doc();
      const state = createSharedState({ doc });
      return { doc, run: (index) => void state.set(`thing.k${index}`, record(index)) };
    },
  },
  {
    name: 'Y.Map',
    open: () => {
      const { doc, root } = plainMap();
      return { doc, run: (index) => void root.set(`thing.k${index}`, new Y.Map(Object.entries(record(index)))) };
    },
  },
);

compare(
  'change one field of a record',
  {
    name: 'state',
    open: () => {
      const doc = new Y.Doc();
      const state = createSharedState({ doc });
      state.set('thing.k', record(0));
      return { doc, run: (index) => void state.update('thing.k', { size: index + 1 }) };
    },
  },
  {
    name: 'Y.Map',
    open: () => {
      const { doc, root } = plainMap((map) => map.set('thing.k', new Y.Map(Object.entries(record(0)))));
      return { doc, run: (index) => void (root.get('thing.k') as Y.Map<unknown>).set('size', index + 1) };
    },
  },
);

const ids = Array.from({ length: 10_000 }, (_, index) => index * 7 + (index % 3));
compare(
  'change one field beside 10,000 ids',
  {
    name: 'state',
    open: () => {
      const doc = new Y.Doc();
      const ref = createSharedState({ doc }).collection(selectionCollection).add({ particle_ids: ids });
      return { doc, run: (index) => void ref.update({ visible: index % 2 === 0 }) };
    },
  },
  {
    name: 'Y.Map',
    open: () => {
      const { doc, root } = plainMap((map) => map.set('selection.a', new Y.Map<unknown>([['particle_ids', ids]])));
      return { doc, run: (index) => void (root.get('selection.a') as Y.Map<unknown>).set('visible', index % 2 === 0) };
    },
  },
);

compare(
  `read one record of ${KEYS}`,
  {
    name: 'state',
    open: () => {
      const doc = new Y.Doc();
      const state = createSharedState({ doc });
      state.transact(() => {
        for (let index = 0; index < KEYS; index += 1) state.set(`thing.k${index}`, record(index));
      });
      return { doc, run: (index) => void state.get(`thing.k${index}`) };
    },
  },
  {
    name: 'Y.Map.toJSON',
    open: () => {
      const { doc, root } = plainMap((map) => {
        for (let index = 0; index < KEYS; index += 1)
          map.set(`thing.k${index}`, new Y.Map(Object.entries(record(index))));
      });
      return { doc, run: (index) => void (root.get(`thing.k${index}`) as Y.Map<unknown>).toJSON() };
    },
  },
);

{
  const doc = new Y.Doc();
  const state = createSharedState({ doc });
  const filling = cpuMicroseconds(() =>
    state.transact(() => {
      for (let index = 0; index < KEYS; index += 1) state.set(`thing.k${index}`, record(index));
    }),
  );
  const things = state.collection('thing.');
  const first = cpuMicroseconds(() => void things.snapshot());
  const again = cpuMicroseconds(() => {
    for (let count = 0; count < 100_000; count += 1) things.snapshot();
  });
  const changed = cpuMicroseconds(() => {
    for (let count = 0; count < 100; count += 1) {
      state.update('thing.k5', { size: -count - 1 });
      things.snapshot();
    }
  });
  const { structs, byteLength, heapByteLength } = state.stats();
  const update = Y.encodeStateAsUpdate(doc);
  const joining = cpuMicroseconds(() => {
    const other = new Y.Doc();
    const joined = createSharedState({ doc: other });
    Y.applyUpdate(other, update);
    joined.snapshot();
  });
  const bare = cpuMicroseconds(() => Y.applyUpdate(new Y.Doc(), update));
  console.log(`${KEYS} keys: written in one transaction ${(filling / 1000).toFixed(0)} ms`);
  console.log(`  whole snapshot: first ${(first / 1000).toFixed(1)} ms, unchanged ${(again / 100).toFixed(0)} ns`);
  console.log(`  one change and the whole snapshot after it: ${(changed / 100 / 1000).toFixed(2)} ms`);
  console.log(`  joined and read: ${(joining / 1000).toFixed(0)} ms, of that Yjs alone ${(bare / 1000).toFixed(0)} ms`);
  console.log(
    `  ${structs} structs, ${byteLength} B stored, ${(heapByteLength / 1e6).toFixed(1)} MB of heap by estimate`,
  );
}

{
  const collect = (globalThis as { gc?: () => void }).gc;
  const heap = (): number => {
    collect?.();
    return process.memoryUsage().heapUsed;
  };
  for (const keys of [1, 2]) {
    const start = heap();
    const doc = new Y.Doc();
    const state = createSharedState({ doc });
    for (let key = 0; key < keys; key += 1) state.set(`thing.k${key}`, record(0));
    for (let index = 0; index < OVERWRITES; index += 1) state.update(`thing.k${index % keys}`, { size: index });
    const { structs, byteLength, heapByteLength } = state.stats();
    const perOverwrite = (heap() - start) / OVERWRITES;
    console.log(
      `${OVERWRITES} overwrites of ${keys} key(s): ${structs} structs, ${byteLength} B stored,` +
        ` ${collect === undefined ? 'heap not measured (run with --expose-gc)' : `${perOverwrite.toFixed(0)} B of heap each`},` +
        ` ${(heapByteLength / OVERWRITES).toFixed(0)} B by the estimate of /metrics`,
    );
    state.dispose();
  }
}

{
  const random = (seed: number) => (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const chosen = (count: number, below: number): number[] => {
    const next = random(count);
    const ids = new Set<number>();
    while (ids.size < count) ids.add(Math.floor(next() * below));
    return [...ids].sort((a, b) => a - b);
  };
  for (const [title, list] of [
    ['a box of 100,000 ids', Array.from({ length: 100_000 }, (_, index) => index + 500)],
    ['10,000 ids at random of 1,000,000', chosen(10_000, 1_000_000)],
    ['100,000 ids at random of 1,000,000', chosen(100_000, 1_000_000)],
  ] as const) {
    const doc = new Y.Doc();
    const bytes: number[] = [];
    doc.on('update', (update: Uint8Array) => bytes.push(update.byteLength));
    const selection = createSharedState({ doc }).collection(selectionCollection).set('a', { particle_ids: list });
    selection.update({ color: 'red' });
    console.log(`${title}: ${bytes[0]} B when made, ${bytes[1]} B when its colour changes`);
  }
}
