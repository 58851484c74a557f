import type { BlobStore } from '../server/data/blob-store.ts';
import { isCovalenceError } from '../protocol/errors.ts';
import { type ContractCase, check, checkEqual, checkRefused } from './contract.ts';

/** What the author of a store of blobs hands to {@link blobStoreContract}. What is left out is not asked of the store. */
export interface BlobStoreHarness {
  /** A fresh, empty store. Each call is independent of the others. */
  open(): Promise<BlobStore>;
  /** sha256 of the bytes in lower-case hex. */
  hash(bytes: Uint8Array): string;
  /** The same content in a new store, as after a restart; `store` was closed before. Absent when the store forgets. */
  reopen?: (store: BlobStore) => Promise<BlobStore>;
  /** Lets the next write fail because there is no room left; the one after it may succeed. */
  fillDisk?: (store: BlobStore) => void;
  /**
   * An empty store that dies before its step `atStep`, counted from 1, and in the middle of it when it is a write, as a
   * process that is killed: `died` resolves and nothing it was asked settles any more. `survivor` is what the next
   * process opens.
   */
  openDoomed?: (
    atStep: number,
  ) => Promise<{ store: BlobStore; died: Promise<void>; survivor: () => Promise<BlobStore> }>;
}

interface Blob {
  hash: string;
  bytes: Uint8Array;
}

/** The promises every store of blobs keeps, as named cases for any test framework. */
export function blobStoreContract(harness: BlobStoreHarness): ContractCase[] {
  const blob = (fill: number, length = 300): Blob => {
    const bytes = Uint8Array.from({ length }, (_, i) => (fill * 31 + i) % 251);
    return { bytes, hash: harness.hash(bytes) };
  };
  const holds = async (store: BlobStore, { hash, bytes }: Blob): Promise<boolean> => {
    const found = await store.get(hash);
    if (found === undefined) return false;
    checkEqual([...found], [...bytes], 'bytes under their hash');
    return true;
  };
  const onStore = (title: string, run: (store: BlobStore) => Promise<void>): ContractCase => ({
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
  const { reopen, fillDisk, openDoomed } = harness;
  const cases = [
    onStore('what was stored is there under its hash, of any length, and nothing else is', async (store) => {
      const blobs = [0, 1, 257, 70_000].map((length, i) => blob(i, length));
      await Promise.all(blobs.map(({ hash, bytes }) => store.put(hash, bytes)));
      for (const one of blobs) check(store.has(one.hash) && (await holds(store, one)), `${one.bytes.byteLength} bytes`);
      const unknown = blob(9);
      check(!store.has(unknown.hash) && !(await holds(store, unknown)), 'an unknown hash');
    }),
    onStore('equal bytes are stored once, also at the same time', async (store) => {
      const { hash, bytes } = blob(1);
      await Promise.all(Array.from({ length: 20 }, () => store.put(hash, bytes)));
      await store.put(hash, bytes);
      checkEqual(store.byteLength, 300, 'bytes taken');
    }),
    onStore('garbage goes, what is named, new or held stays, and garbage may come again', async (store) => {
      const { garbage } = store;
      if (garbage === undefined) return;
      const [named, old, held, fresh] = [1, 2, 3, 4].map((fill) => blob(fill));
      for (const { hash, bytes } of [named, old]) await store.put(hash, bytes);
      const release = garbage.hold();
      await store.put(held.hash, held.bytes);
      const mark = garbage.mark();
      await store.put(fresh.hash, fresh.bytes);
      const isNamed = (hash: string): boolean => hash === named.hash;
      checkEqual(await garbage.collect(isNamed, mark), 1, 'collected');
      for (const one of [named, held, fresh]) check(await holds(store, one), 'what must stay');
      check(!store.has(old.hash) && !(await holds(store, old)), 'what must go');
      await store.put(old.hash, old.bytes);
      check(await holds(store, old), 'garbage that is stored again');
      release();
      checkEqual(await garbage.collect(isNamed, garbage.mark()), 3, 'collected when nothing is held any more');
      checkEqual(store.byteLength, 300, 'bytes taken');
    }),
  ];
  if (reopen !== undefined) {
    cases.push({
      title: 'everything is there after a restart',
      async run() {
        let store = await harness.open();
        for (let round = 0; round < 4; round += 1) {
          await Promise.all([0, 1, 2].map((i) => blob(round * 3 + i)).map(({ hash, bytes }) => store.put(hash, bytes)));
          await store.close();
          store = await reopen(store);
          for (let fill = 0; fill < round * 3 + 3; fill += 1) check(await holds(store, blob(fill)), `blob ${fill}`);
        }
        await store.close();
      },
    });
  }
  if (fillDisk !== undefined) {
    cases.push(
      onStore('no room left refuses, keeps what was there, and the next write succeeds', async (store) => {
        const [first, second] = [blob(1), blob(2)];
        await store.put(first.hash, first.bytes);
        fillDisk(store);
        await checkRefused(store.put(second.hash, second.bytes), 'store/full', 'the write');
        check(await holds(store, first), 'what was there');
        check(!(await holds(store, second)), 'what was refused');
        await store.put(second.hash, second.bytes);
        check(await holds(store, second), 'the same once more');
      }),
    );
  }
  if (openDoomed !== undefined) {
    cases.push({
      title: 'killed between any two steps, what was acknowledged is there and the rest can be stored again',
      async run() {
        const blobs = [1, 2, 3, 4].map((fill) => blob(fill, 100 * fill));
        for (let atStep = 1; ; atStep += 1) {
          const { store, died, survivor } = await openDoomed(atStep);
          const acknowledged: Blob[] = [];
          const writing = (async (): Promise<void> => {
            for (const one of blobs) {
              await store.put(one.hash, one.bytes);
              acknowledged.push(one);
            }
          })();
          if (!(await Promise.race([writing.then(() => false), died.then(() => true)]))) {
            checkEqual(acknowledged.length, blobs.length, 'acknowledged without a kill');
            check(atStep > blobs.length, 'the store took at least one step for each blob');
            await store.close();
            return;
          }
          const next = await survivor();
          for (const one of acknowledged) check(await holds(next, one), `killed at step ${atStep}: acknowledged bytes`);
          for (const one of blobs) {
            // A torn write may be known as damaged; other bytes than those of the hash are never given.
            await holds(next, one).catch((error: unknown) => {
              if (!isCovalenceError(error, 'frame/corrupt')) throw error;
            });
            await next.put(one.hash, one.bytes);
            check(await holds(next, one), `killed at step ${atStep}: stored again`);
          }
          await next.close();
        }
      },
    });
  }
  return cases;
}
