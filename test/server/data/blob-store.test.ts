import { createHash } from 'node:crypto';
import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { memoryBlobStore, openSegmentBlobStore } from '../../../src/server/data/index.ts';
import { scratchDirectory } from './store-fixture.ts';

function blob(fill: number, length = 300): { hash: string; bytes: Uint8Array } {
  const bytes = new Uint8Array(length).fill(fill);
  return { hash: createHash('sha256').update(bytes).digest('hex'), bytes };
}

const makers = [
  ['memory', async () => memoryBlobStore()],
  ['segments', async () => openSegmentBlobStore(await scratchDirectory())],
] as const;

test.each(makers)(
  '[D17] %s: equal bytes are stored once, also when they come at the same time',
  async (_name, make) => {
    const store = await make();
    const { hash, bytes } = blob(1);
    await Promise.all(Array.from({ length: 50 }, () => store.put(hash, bytes)));
    await store.put(hash, bytes);
    expect(store.byteLength).toBe(300);
    expect(await store.get(hash)).toEqual(bytes);
    expect(await store.get(blob(2).hash)).toBeUndefined();
    await store.close();
  },
);

test('[D7] bytes are there after opening again, across segments', async () => {
  const directory = await scratchDirectory();
  const store = await openSegmentBlobStore(directory, { segmentByteLength: 2_000 });
  const blobs = Array.from({ length: 40 }, (_, i) => blob(i, 100 + i * 37));
  for (const { hash, bytes } of blobs) await store.put(hash, bytes);
  await store.close();
  expect((await readdir(directory)).length).toBeGreaterThan(5);
  const again = await openSegmentBlobStore(directory);
  for (const { hash, bytes } of blobs) expect(await again.get(hash)).toEqual(bytes);
  expect(again.byteLength).toBe(blobs.reduce((sum, { bytes }) => sum + bytes.byteLength, 0));
  await again.close();
});

test('[D15] bytes whose write was torn at any byte are not trusted: storing them again makes them whole', async () => {
  const directory = await scratchDirectory();
  const store = await openSegmentBlobStore(directory);
  const [first, second] = [blob(1), blob(2, 70)];
  await store.put(first.hash, first.bytes);
  await store.put(second.hash, second.bytes);
  await store.close();
  const [name] = await readdir(directory);
  const path = join(directory, name);
  const whole = await readFile(path);
  const start = 40 + first.bytes.byteLength;
  for (let length = start; length < whole.byteLength; length += 3) {
    // Once the file ends early, once it has its length but the bytes never came.
    for (const torn of [
      whole.subarray(0, length),
      Buffer.concat([whole.subarray(0, length), Buffer.alloc(whole.byteLength - length)]),
    ]) {
      const place = await scratchDirectory();
      await writeFile(join(place, name), torn);
      const again = await openSegmentBlobStore(place);
      expect(await again.get(first.hash)).toEqual(first.bytes);
      await again.put(second.hash, second.bytes);
      expect(await again.get(second.hash)).toEqual(second.bytes);
      await again.close();
      const third = await openSegmentBlobStore(place);
      expect(await third.get(second.hash)).toEqual(second.bytes);
      await third.close();
    }
  }
});

test('[D16] a flipped bit in stored bytes is an error, never bytes', async () => {
  const directory = await scratchDirectory();
  const store = await openSegmentBlobStore(directory);
  const { hash, bytes } = blob(7);
  await store.put(hash, bytes);
  await store.close();
  const [name] = await readdir(directory);
  const content = await readFile(join(directory, name));
  content[content.byteLength - 9] ^= 4;
  await writeFile(join(directory, name), content);
  const again = await openSegmentBlobStore(directory);
  await expect(again.get(hash)).rejects.toMatchObject({ code: 'frame/corrupt', fields: { hash } });
  await again.close();
});

test('[D19] a full disk refuses the bytes; once there is room they are stored', async () => {
  let isFull = true;
  const store = await openSegmentBlobStore(await scratchDirectory(), {
    async openFile(path, flags) {
      const file = await open(path, flags);
      return new Proxy(file, {
        get(target, property) {
          if (property === 'write' && isFull) {
            return () => Promise.reject(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }));
          }
          const value: unknown = Reflect.get(target, property);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    },
  });
  const { hash, bytes } = blob(9);
  await expect(store.put(hash, bytes)).rejects.toMatchObject({ code: 'store/full' });
  expect(store.has(hash)).toBe(false);
  isFull = false;
  await store.put(hash, bytes);
  expect(await store.get(hash)).toEqual(bytes);
  await store.close();
});

test('[D217] bytes that are exchanged on disk under a store that wrote them are not given out, and storing them again makes them whole', async () => {
  const directory = await scratchDirectory();
  const store = await openSegmentBlobStore(directory);
  // Too long to be kept in memory, so that each reading is of the disk.
  const [first, second] = [blob(1, 9_000_000), blob(2, 9_000_000)];
  for (const { hash, bytes } of [first, second]) await store.put(hash, bytes);
  const [name] = await readdir(directory);
  const file = await open(join(directory, name), 'r+');
  const whole = await file.readFile();
  for (const [at, { bytes }] of [
    [whole.indexOf(first.bytes), second],
    [whole.indexOf(second.bytes), first],
  ] as const) {
    await file.write(bytes, 0, bytes.byteLength, at);
  }
  await file.close();
  for (const { hash, bytes } of [first, second]) {
    await expect(store.get(hash)).rejects.toMatchObject({
      code: 'frame/corrupt',
      message: expect.stringContaining(`"blobs/${name}"`),
    });
    await store.put(hash, bytes);
    expect((await store.get(hash))?.[0]).toBe(bytes[0]);
  }
  await store.close();
});
