import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, test } from 'vitest';
import { zarrProvider } from '../../src/data/zarr-provider.ts';
import { isFrameArray } from '../../src/protocol/frames.ts';

interface Fixture {
  /** What each frame holds in our units. */
  frames: Record<string, number | number[]>[];
  stores: Record<string, Record<string, string>>;
}

const folder = new URL('../fixtures/zarr/', import.meta.url);
const parse = (bytes: Uint8Array): Fixture => JSON.parse(gunzipSync(bytes).toString()) as Fixture;
const fixture = parse(readFileSync(new URL('stores.json.gz', folder)));
const python = ['python3', '/usr/bin/python3'].find((program) => {
  try {
    execFileSync(program, ['-c', 'import zarr; assert zarr.__version__.startswith("2.")'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

/** A store in memory that counts what is asked of it. */
function storeOf(files: Record<string, string>) {
  const bytes = new Map(Object.entries(files).map(([key, text]) => [`/${key}`, Buffer.from(text, 'base64')]));
  const asked: string[] = [];
  const get = async (key: string): Promise<Uint8Array | undefined> => {
    asked.push(key);
    const found = bytes.get(key);
    return found === undefined ? undefined : Uint8Array.from(found);
  };
  return {
    bytes,
    asked,
    get,
    async getRange(key: string, range: { offset: number; length: number } | { suffixLength: number }) {
      const whole = await get(key);
      if ('suffixLength' in range) return whole?.subarray(-range.suffixLength);
      return whole?.subarray(range.offset, range.offset + range.length);
    },
  };
}

async function expectFrames(files: Record<string, string>, expected: Fixture['frames']): Promise<void> {
  const provider = await zarrProvider(storeOf(files));
  expect((await provider.info()).count).toBe(expected.length);
  let index = 0;
  for await (const { data } of provider.readRange(0, expected.length)) {
    const frame = expected[index];
    for (const [key, wanted] of Object.entries(frame)) {
      const value = data[key];
      const found = isFrameArray(value) ? [...value.data] : [value as number];
      const all = [wanted].flat();
      expect(found.length, `${key} of frame ${index}`).toBe(all.length);
      // Quantised values are what three digits keep; doubles in nm come back within their precision.
      const worst = Math.max(...found.map((each, i) => Math.abs(each - all[i])));
      expect(worst, `${key} of frame ${index}`).toBeLessThan(key === 'positions' ? 1e-3 : 1e-5);
    }
    expect(Object.keys(data).toSorted()).toEqual([...Object.keys(frame), 'pbc'].toSorted());
    index += 1;
  }
  expect(index).toBe(expected.length);
  expect((await provider.scalars(['energy', 'time'])).energy.length).toBe(expected.length);
}

describe('stores that other programs wrote', () => {
  const names = Object.keys(fixture.stores);
  it('[D197] ten of them: zarr-python and hand-written, version 2 and 3', () => {
    expect(names.length).toBe(10);
    expect(names.filter((name) => name.startsWith('v3')).length).toBe(4);
  });
  it.each(names)('[D197] %s', (name) => expectFrames(fixture.stores[name], fixture.frames));

  test.skipIf(python === undefined)(
    `[D197] the stores as the installed zarr-python writes them now${python === undefined ? ' (skipped: no Python with zarr 2 is installed)' : ''}`,
    async () => {
      const script = fileURLToPath(new URL('make-stores.py', folder));
      const fresh = parse(execFileSync(python as string, [script], { maxBuffer: 64 * 1024 * 1024 }));
      for (const files of Object.values(fresh.stores)) await expectFrames(files, fresh.frames);
    },
  );

  it('[D198] a chunk of several frames is fetched once for all of them, one after the other and at the same time', async () => {
    for (const isAtOnce of [false, true]) {
      const store = storeOf(fixture.stores['v3 gzip, three frames a chunk']);
      const provider = await zarrProvider(store);
      store.asked.length = 0;
      const read = (index: number): Promise<unknown> => provider.read(index, { data: ['positions'] });
      const all = fixture.frames.map((_, index) => index);
      if (isAtOnce) await Promise.all(all.map(read));
      else for (const index of all) await read(index);
      expect(store.asked).toEqual([0, 1, 2].map((chunk) => `/particles/all/position/value/c/${chunk}/0/0`));
    }
  });

  it('[D198] a chunk that one reader gave up is there for the next', async () => {
    const provider = await zarrProvider(storeOf(fixture.stores['v3 gzip, three frames a chunk']));
    const gone = new AbortController();
    const given = provider.read(0, { signal: gone.signal });
    gone.abort();
    await expect(given).rejects.toThrow();
    expect((await provider.read(1)).index).toBe(1);
  });

  it('[D86] a lost chunk of positions is frame/corrupt also where it would be read as zeros, and a damaged one too', async () => {
    for (const [name, key] of [
      ['v2 gzip, Fortran order, big-endian, chunks that cut frames', '/particles/all/position/value/1/1/0'],
      ['v3 zstd', '/particles/all/position/value/c/2/0/0'],
      ['v2 lz4, group named by nobody, not consolidated', '/particles/trajectory/position/value/1.0.0'],
      ['v2 zlib over whole numbers', '/particles/all/position/value/4.0.0'],
      ['v2 blosc lz4, three frames a chunk, doubles in nm, not consolidated', '/particles/all/position/value/1.0.0'],
    ]) {
      for (const damage of ['lost', 'cut', 'garbage']) {
        const store = storeOf(fixture.stores[name]);
        const whole = store.bytes.get(key);
        expect(whole, key).toBeDefined();
        if (damage === 'lost') store.bytes.delete(key);
        else
          store.bytes.set(key, damage === 'cut' ? Buffer.from(whole!.subarray(0, 20)) : Buffer.alloc(whole!.length, 7));
        const provider = await zarrProvider(store);
        const outcomes = await Promise.allSettled(fixture.frames.map((_, index) => provider.read(index)));
        const refused = outcomes.filter((each) => each.status === 'rejected');
        expect(refused.length, `${name}: ${damage}`).toBeGreaterThan(0);
        expect(refused.length, `${name}: ${damage}`).toBeLessThan(fixture.frames.length);
        for (const { reason } of refused) expect(reason, `${name}: ${damage}`).toMatchObject({ code: 'frame/corrupt' });
      }
    }
  });

  it('[D197] a codec that is not known names itself', async () => {
    const store = storeOf(fixture.stores['v3 zstd']);
    const path = '/particles/all/position/value/zarr.json';
    const text = store.bytes.get(path)!.toString();
    store.bytes.set(path, Buffer.from(text.replace('"zstd"', '"pcodec"')));
    const provider = await zarrProvider(store);
    await expect(provider.read(0)).rejects.toMatchObject({
      code: 'frame/corrupt',
      message: expect.stringContaining('pcodec') as string,
    });
  });
});
