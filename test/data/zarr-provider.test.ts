import { describe, expect, it } from 'vitest';
import * as zarr from 'zarrita';
import type { FrameData } from '../../src/protocol/frames.ts';
import { type FrameArray, frameArray } from '../../src/protocol/frames.ts';
import { zarrProvider } from '../../src/data/zarr-provider.ts';
import { dataProviderContract } from '../../src/testing/data-provider-contract.ts';

const FRAMES = 4;
const ATOMS = 5;
type Store = Map<`/${string}`, Uint8Array>;

/** A store in H5MD names, written by zarrita: lengths in nm, energies in kJ/mol, atoms padded from frame to frame. */
async function written(units = { length: 'nm', energy: 'kJ mol-1' }): Promise<Store> {
  const store: Store = new Map();
  const root = zarr.root(store as Map<string, Uint8Array>);
  const put = async (
    path: string,
    dtype: 'float32' | 'float64' | 'int32',
    shape: number[],
    data: Float32Array | Float64Array | Int32Array,
    unit?: string,
    fill = 0,
  ): Promise<void> => {
    const array = await zarr.create(root.resolve(path), {
      dtype,
      shape,
      chunkShape: [1, ...shape.slice(1)],
      fillValue: fill,
      attributes: unit === undefined ? {} : { unit },
    });
    const stride = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, length) => product * length, 1));
    await zarr.set(array as zarr.Array<'float64', Store>, null, { data: data as Float64Array, shape, stride });
  };
  await zarr.create(root);
  await zarr.create(root.resolve('particles/all/box'), {
    attributes: { dimension: 3, boundary: ['periodic', 'periodic', 'none'] },
  });
  const positions = Float32Array.from({ length: FRAMES * ATOMS * 3 }, (_, i) => i / 8 + 0.125);
  for (let frame = 0; frame < FRAMES; frame += 1) {
    positions.fill(Number.NaN, (frame * ATOMS + countOf(frame)) * 3, (frame + 1) * ATOMS * 3);
  }
  await put('particles/all/position/value', 'float32', [FRAMES, ATOMS, 3], positions, units.length, Number.NaN);
  await put('particles/all/position/time', 'float64', [FRAMES], Float64Array.of(0, 100, 200, 300), 'fs');
  await put('particles/all/species', 'int32', [ATOMS], Int32Array.of(8, 1, 1, 6, 79));
  await put(
    'particles/all/n_atoms',
    'int32',
    [FRAMES],
    Int32Array.from({ length: FRAMES }, (_, i) => countOf(i)),
  );
  await put(
    'particles/all/box/edges/value',
    'float64',
    [FRAMES, 3],
    new Float64Array(FRAMES * 3).fill(2),
    units.length,
  );
  await put(
    'observables/potential_energy/value',
    'float64',
    [FRAMES],
    Float64Array.of(-96.48533212, 0, 1, 2),
    units.energy,
  );
  return store;
}

function countOf(frame: number): number {
  return frame === 1 ? 0 : ATOMS - frame;
}

/** What the store holds, in our units. */
function expected(): FrameData[] {
  return Array.from({ length: FRAMES }, (_, frame) => {
    const atomCount = countOf(frame);
    const positions = Float32Array.from(
      { length: atomCount * 3 },
      (_, i) => ((frame * ATOMS * 3 + i) / 8 + 0.125) * 10,
    );
    const energy = [-96.48533212, 0, 1, 2][frame] * (1 / 96.485_332_12);
    return {
      positions: frameArray(positions, [atomCount, 3]),
      numbers: frameArray(Uint8Array.of(8, 1, 1, 6, 79).slice(0, atomCount)),
      cell: frameArray(Float64Array.of(20, 0, 0, 0, 20, 0, 0, 0, 20), [3, 3]),
      pbc: frameArray(Uint8Array.of(1, 1, 0)),
      time: frame * 100 * 0.001,
      energy,
    };
  });
}

describe('zarrProvider', () => {
  const cases = dataProviderContract({
    open: async () => ({ provider: await zarrProvider(await written()), frames: expected() }),
    isWritable: false,
  });
  for (const { title, run } of cases) it(`[D85] ${title}`, run);

  it('[D85] a store behind a web server is read by the same names', async () => {
    const store = await written();
    const asked: string[] = [];
    const fetch: typeof globalThis.fetch = async (input) => {
      const path = new URL((input as Request).url).pathname.replace('/a.zarr', '') as `/${string}`;
      asked.push(path);
      const bytes = store.get(path) as Uint8Array<ArrayBuffer> | undefined;
      return bytes === undefined ? new Response(null, { status: 404 }) : new Response(bytes);
    };
    const provider = await zarrProvider('https://host.example/a.zarr', { fetch });
    expect((await provider.read(2, { data: ['positions'] })).data).toEqual({ positions: expected()[2]['positions'] });
    expect(asked.filter((path) => path.includes('position/value/c/'))).toEqual([
      '/particles/all/position/value/c/2/0/0',
    ]);
  });

  it('[D86] lost and cut chunks are frame/corrupt, other frames stay readable', async () => {
    const store = await written();
    const chunk = (frame: number) => `/particles/all/position/value/c/${frame}/0/0` as const;
    store.delete(chunk(0));
    store.set(chunk(2), (store.get(chunk(2)) as Uint8Array).slice(0, 24));
    const provider = await zarrProvider(store);
    await expect(provider.read(0)).rejects.toMatchObject({ code: 'frame/corrupt' });
    await expect(provider.read(2)).rejects.toMatchObject({ code: 'frame/corrupt' });
    expect((await provider.read(3)).data['positions']).toEqual(expected()[3]['positions'] as FrameArray);
  });

  it('[D86] a unit we do not know and a store without positions are refused with what was found', async () => {
    await expect(zarrProvider(await written({ length: 'furlong', energy: 'eV' }))).rejects.toMatchObject({
      code: 'file/damaged',
      fields: { unit: 'furlong' },
    });
    await expect(zarrProvider(new Map())).rejects.toMatchObject({ code: 'file/unknown-format' });
  });
});
