import type { DocStore } from '../server/sync/doc-store.ts';
import { type ContractCase, check, checkEqual, checkRefused } from './contract.ts';

/** What the author of a document store hands to {@link docStoreContract}. */
export interface DocStoreHarness {
  /** A fresh, empty store. Each call is independent of the others. */
  open(): Promise<DocStore>;
  /**
   * The same content in a new store, as after a restart; `store` was closed before. Absent when the store forgets, which
   * its `durability` says too.
   */
  reopen?: (store: DocStore) => Promise<DocStore>;
}

/** Bytes that are no Yjs update: a store does not look into them. */
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

async function stored(store: DocStore, room: string): Promise<unknown> {
  const found = await store.load(room);
  if (found === undefined) return undefined;
  return {
    epoch: found.epoch,
    updates: found.updates.map((update) => [...update]),
    owners: [...found.owners].sort(([a], [b]) => a - b),
  };
}

/** The promises every document store keeps, as named cases for any test framework. */
export function docStoreContract(harness: DocStoreHarness): ContractCase[] {
  const onStore = (title: string, run: (store: DocStore) => Promise<void>): ContractCase => ({
    title,
    async run() {
      const store = await harness.open();
      try {
        await run(store);
      } finally {
        await store.close();
      }
    },
  });
  const cases = [
    onStore('a room that was never created is undefined, and is not made by asking', async (store) => {
      checkEqual(await stored(store, 'argon'), undefined, 'load');
      checkEqual(await store.list(), [], 'list');
    }),
    onStore('what is appended comes back in order, with epoch and owners', async (store) => {
      await store.create('argon', 'epoch-1');
      await store.append('argon', { update: bytes(1) });
      await store.append('argon', { update: bytes(2, 2), owners: [[7, 'ada']] });
      await store.append('argon', { owners: [[4_294_967_295, 'böb']] });
      const expected = {
        epoch: 'epoch-1',
        updates: [[1], [2, 2]],
        owners: [
          [7, 'ada'],
          [4_294_967_295, 'böb'],
        ],
      };
      checkEqual(await stored(store, 'argon'), expected, 'load');
    }),
    onStore('appends made at once keep their order', async (store) => {
      await store.create('argon', 'e');
      await Promise.all(Array.from({ length: 200 }, (_, index) => store.append('argon', { update: bytes(index) })));
      const updates = (await store.load('argon'))?.updates.map(([first]) => first);
      checkEqual(updates, [...Array.from({ length: 200 }).keys()], 'order');
    }),
    onStore('bytes are taken as they are at the call', async (store) => {
      await store.create('argon', 'e');
      const update = bytes(1, 2, 3);
      await store.append('argon', { update });
      update.fill(9);
      checkEqual(
        (await store.load('argon'))?.updates.map((each) => [...each]),
        [[1, 2, 3]],
        'updates',
      );
    }),
    onStore(
      'a compaction loses nothing of what it includes, and what the store cannot take away it declares',
      async (store) => {
        await store.create('argon', 'e');
        await store.append('argon', { update: bytes(1) });
        await store.compact('argon', { update: bytes(10), owners: [[2, 'y']] });
        await store.append('argon', { update: bytes(11) });
        const updates = (await store.load('argon'))?.updates.map(([first]) => first);
        checkEqual(updates, store.lacks?.includes('compact') ? [1, 11] : [10, 11], 'updates');
      },
    ),
    onStore('a compaction takes the place of everything before it and of nothing after it', async (store) => {
      if (store.lacks?.includes('compact')) return;
      await store.create('argon', 'e');
      const before = [store.append('argon', { update: bytes(1) }), store.append('argon', { owners: [[1, 'x']] })];
      const compacted = store.compact('argon', { update: bytes(10), owners: [[2, 'y']] });
      const after = [store.append('argon', { update: bytes(11) }), store.append('argon', { owners: [[3, 'z']] })];
      await Promise.all([...before, compacted, ...after]);
      const expected = {
        epoch: 'e',
        updates: [[10], [11]],
        owners: [
          [2, 'y'],
          [3, 'z'],
        ],
      };
      checkEqual(await stored(store, 'argon'), expected, 'load');
    }),
    onStore('rooms are apart, also when only their capitals differ', async (store) => {
      const rooms = ['Argon', 'argon', 'a.b-c_d', 'con', '0'];
      for (const room of rooms) await store.create(room, `epoch of ${room}`);
      for (const room of rooms) await store.append(room, { update: new TextEncoder().encode(room) });
      checkEqual(await store.list(), [...rooms].sort(), 'list');
      for (const room of rooms) {
        const found = await store.load(room);
        checkEqual(found?.epoch, `epoch of ${room}`, room);
        checkEqual(
          found?.updates.map((update) => new TextDecoder().decode(update)),
          [room],
          room,
        );
      }
    }),
    onStore('a removed room is gone and can begin anew', async (store) => {
      await store.create('argon', 'first');
      await store.append('argon', { update: bytes(1), owners: [[1, 'x']] });
      checkEqual(await store.remove('argon'), true, 'remove');
      checkEqual(await store.remove('argon'), false, 'remove again');
      checkEqual(await stored(store, 'argon'), undefined, 'load');
      await store.create('argon', 'second');
      checkEqual(await stored(store, 'argon'), { epoch: 'second', updates: [], owners: [] }, 'load');
    }),
    onStore('a write to a room that was neither created nor loaded is refused', async (store) => {
      await checkRefused(store.append('argon', { update: bytes(1) }), 'store/failed', 'append');
      await checkRefused(store.compact('argon', { update: bytes(1) }), 'store/failed', 'compact');
      checkEqual(await stored(store, 'argon'), undefined, 'load');
    }),
    onStore('large and empty updates come back', async (store) => {
      await store.create('argon', 'e');
      const large = new Uint8Array(3_000_000).map((_, index) => index % 251);
      await store.append('argon', { update: large });
      await store.append('argon', { update: bytes() });
      const updates = (await store.load('argon'))?.updates ?? [];
      checkEqual(
        updates.map((update) => update.byteLength),
        [3_000_000, 0],
        'lengths',
      );
      check(
        updates[0]?.every((byte, index) => byte === index % 251) ?? false,
        'the large update comes back to the bit',
      );
    }),
    onStore('a healthy store says so', async (store) => {
      checkEqual((await store.health()).isWritable, true, 'health');
    }),
  ];
  const { reopen } = harness;
  if (reopen === undefined) {
    cases.push(
      onStore('a store that forgets says so', async (store) => {
        checkEqual(store.durability, 'memory', 'durability');
      }),
    );
    return cases;
  }
  cases.push({
    title: 'everything acknowledged is there after a restart, and can be continued',
    async run() {
      let store = await harness.open();
      check(store.durability !== 'memory', 'a store that can be reopened does not call itself memory');
      await store.create('argon', 'e');
      for (let round = 0; round < 3; round += 1) {
        await store.append('argon', { update: bytes(round), owners: [[round, `subject ${round}`]] });
        if (round === 1) await store.compact('argon', { update: bytes(100), owners: [[0, 'subject 0']] });
        await store.close();
        store = await reopen(store);
        checkEqual((await store.load('argon'))?.epoch, 'e', `epoch after restart ${round}`);
      }
      const isTrimmed = !store.lacks?.includes('compact');
      const expected = {
        epoch: 'e',
        updates: isTrimmed ? [[100], [2]] : [[0], [1], [2]],
        owners: isTrimmed
          ? [
              [0, 'subject 0'],
              [2, 'subject 2'],
            ]
          : [0, 1, 2].map((number) => [number, `subject ${number}`]),
      };
      checkEqual(await stored(store, 'argon'), expected, 'load');
      checkEqual(await store.list(), ['argon'], 'list');
      await store.close();
    },
  });
  return cases;
}
