import { describe, expect, it } from 'vitest';
import {
  type FrameArray,
  type FrameData,
  frameArray,
  isFrameArray,
  stringArray,
} from '../../../src/protocol/frames.ts';
import { writeExtxyzFrame } from '../../../src/data/formats/xyz/write-frame.ts';
import { facts, hasData, needsData, openBytes, readData } from './real-data.ts';
import { seeded } from './seeded.ts';

async function readBack(data: FrameData): Promise<FrameData> {
  const { trajectory, error } = await openBytes('back.xyz', new TextEncoder().encode(writeExtxyzFrame(data)));
  if (error !== undefined) throw error;
  expect(trajectory.count).toBe(1);
  return trajectory.read(0);
}

/** Values with strings in place of codes, so that the order of tables does not matter. */
function comparable(data: FrameData): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => {
      if (!isFrameArray(value)) return [key, value];
      const { dtype, shape, table } = value;
      const values = table === undefined ? value.data : Array.from(value.data, (code) => table[code]);
      return [key, { dtype, shape: [...shape], values }];
    }),
  );
}

const base = (): FrameData => ({
  positions: frameArray(Float64Array.of(1, 2, 3, -0, 1e-300, 0.1), [2, 3]),
  numbers: frameArray(Uint8Array.of(6, 1)),
});

describe('writing extended XYZ', () => {
  it.skipIf(!hasData)(`[F23] what was read of every real file is written and read back equal${needsData}`, async () => {
    let frames = 0;
    for (const path of Object.keys(facts).filter((name) => /\.(xyz|gro|pdb)(\.gz)?$/.test(name))) {
      if (/water100k|adk_oplsaa|1vln|empty|extended-bad|xyz\/bad|missing_atomname|grovels/.test(path)) continue;
      const { trajectory } = await openBytes(path, readData(path));
      const step = Math.max(1, Math.floor(trajectory.count / 12));
      for (let index = 0; index < trajectory.count; index += step) {
        if (/bad_lattice|missing_column/.test(path) && index === 0) continue;
        const data = await trajectory.read(index);
        const back = comparable(await readBack(data));
        for (const [key, value] of Object.entries(comparable(data))) {
          expect(asRead(value), `${path} frame ${index} ${key}`).toEqual(
            asRead(back[key], (value as { dtype?: string }).dtype),
          );
        }
        frames += 1;
      }
    }
    process.stdout.write(`${frames} frames of real files written and read back\n`);
    expect(frames).toBeGreaterThan(200);
  });

  /** float32 comes back as the float64 of its shortest decimal, whose nearest float32 it is. */
  function asRead(value: unknown, dtype = (value as { dtype?: string } | undefined)?.dtype): unknown {
    const { values, shape } = (value ?? {}) as { values?: ArrayLike<number>; shape?: number[] };
    if (dtype !== '<f4' || values === undefined) return value;
    return { dtype, shape, values: Float32Array.from(values) };
  }

  it('[F23] 500 random frames come back equal, float64 to the bit', async () => {
    const { random, seed } = seeded('writer');
    const bits = new DataView(new ArrayBuffer(8));
    const double = (): number => {
      if (random() < 0.3) return Math.round(random() * 2000 - 1000) / 100;
      if (random() < 0.1)
        return [0, -0, Number.NaN, Number.POSITIVE_INFINITY, -1e22, 5, 2 ** 53, 1e21][Math.floor(random() * 8)];
      bits.setUint32(0, random() * 2 ** 32);
      bits.setUint32(4, random() * 2 ** 32);
      return bits.getFloat64(0);
    };
    const words = [
      'a',
      'T',
      '5',
      'a b',
      '',
      '"',
      "it's",
      '\\',
      'x=y',
      '[1]',
      '{',
      '_JSON {"a":1}',
      'Å 和 🧪',
      'a\nb',
      '1e5',
      '\t',
      'nan',
      ',',
      '_JSON x',
    ];
    const pick = (): string => words[Math.floor(random() * words.length)];
    for (let round = 0; round < 500; round += 1) {
      const atoms = Math.floor(random() * 6);
      const many = (length: number): Float64Array => Float64Array.from({ length }, double);
      const data: FrameData = {
        positions: frameArray(many(3 * atoms), [atoms, 3]),
        numbers: frameArray(Uint8Array.from({ length: atoms }, () => Math.floor(random() * 119))),
        ...(random() < 0.5 ? { cell: frameArray(many(9), [3, 3]), pbc: frameArray(Uint8Array.of(1, 0, 1)) } : {}),
        ...(random() < 0.5 ? { forces: frameArray(many(3 * atoms), [atoms, 3]), energy: double() } : {}),
        ...(random() < 0.5 ? { tags: frameArray(Int32Array.from({ length: atoms }, () => random() * 1e9)) } : {}),
        ...(random() < 0.5 ? { stress: frameArray(many(6)) } : {}),
        ...(random() < 0.5 ? { velocities: frameArray(many(3 * atoms), [atoms, 3]), step: 12, time: double() } : {}),
        'arrays.energy': frameArray(many(atoms)),
        'arrays.forces': frameArray(many(atoms)),
        'arrays.flags': frameArray(
          Uint8Array.from({ length: 2 * atoms }, () => (random() < 0.5 ? 1 : 0)),
          [atoms, 2],
        ),
        'arrays.words': stringArray(
          Array.from({ length: atoms }, () => ['', 'a', 'é', '""x'][Math.floor(random() * 4)]),
        ),
        'info.text': pick(),
        [`info.key ${pick()}`]: pick(),
        'info.energy': 'not a number',
        'info.pbc': 'T',
        'info.Lattice': 5,
        'info.truth': random() < 0.5,
        'info.number': double(),
        'info.list': frameArray(many(Math.floor(random() * 4))),
        'info.ints': frameArray(Int32Array.from({ length: Math.floor(random() * 4) + 1 }, () => random() * 100)),
        'info.grid': frameArray(many(6), [2, 3]),
        'info.cube': frameArray(many(8), [2, 2, 2]),
        'info.words': stringArray([pick(), pick()]),
      };
      const wanted = comparable(data);
      const found = comparable(await readBack(data));
      for (const key of Object.keys(wanted)) {
        expect(found[key], `seed ${seed} round ${round} ${key}`).toEqual(wanted[key]);
      }
    }
  });

  it('[F24] float32 is written as short as its bits allow', () => {
    const data = { ...base(), positions: frameArray(Float32Array.of(0.1, 2.27, 16.79, 1 / 3, 1e-8, 5), [2, 3]) };
    const text = writeExtxyzFrame(data);
    expect(text).toBe('2\nProperties=species:S:1:pos:R:3\nC 0.1 2.27 16.79\nH 0.33333334 1e-8 5.0\n');
  });

  it('[F24] the text is what other programs read: symbols, Lattice, pbc, nine numbers of stress', () => {
    const text = writeExtxyzFrame({
      ...base(),
      cell: frameArray(Float64Array.of(10, 0, 0, 0, 11, 0, 1, 0, 12), [3, 3]),
      pbc: frameArray(Uint8Array.of(1, 1, 0)),
      stress: frameArray(Float64Array.of(1, 2, 3, 4, 5, 6)),
      energy: -1.25,
      'info.label': 'two words',
      'info.virial': frameArray(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), [3, 3]),
    });
    expect(text.split('\n')[1]).toBe(
      'Lattice="10.0 0.0 0.0 0.0 11.0 0.0 1.0 0.0 12.0" pbc="T T F" Properties=species:S:1:pos:R:3 energy=-1.25 ' +
        'label="two words" virial="1.0 2.0 3.0 4.0 5.0 6.0 7.0 8.0 9.0" stress="1.0 6.0 5.0 6.0 2.0 4.0 5.0 4.0 3.0"',
    );
    expect(text.split('\n')[3]).toBe('H -0.0 1e-300 0.1');
  });

  it('[F24] labels are kept, and a column Z where they do not say the element', async () => {
    const labelled = { ...base(), 'arrays.symbols': stringArray(['Ca', 'H_w']) };
    expect(writeExtxyzFrame(labelled)).toContain('species:S:1:Z:I:1');
    expect(comparable(await readBack(labelled))).toEqual(comparable(labelled));
    const said = { ...base(), 'arrays.symbols': stringArray(['C1', 'H_w']) };
    expect(writeExtxyzFrame(said)).not.toContain('Z:I:1');
  });

  it('[F24] bonds survive, and a frame without numbers or atoms is written too', async () => {
    const bonded = { ...base(), bonds: frameArray(Int32Array.of(0, 1), [1, 2]) };
    expect(comparable(await readBack(bonded))).toEqual(comparable(bonded));
    const { positions } = base();
    expect((await readBack({ positions })).numbers).toEqual(frameArray(Uint8Array.of(0, 0)));
    expect(writeExtxyzFrame({})).toBe('0\nProperties=species:S:1\n');
  });

  it('[F24] arrays of other lengths and of whole bytes are written as what they are', async () => {
    const back = await readBack({
      ...base(),
      'arrays.bytes': frameArray(Uint8Array.of(7, 1)),
      'arrays.big': frameArray(Uint32Array.of(4_000_000_000, 1)),
      'info.bytes': frameArray(Uint8Array.of(7, 1)),
      dipole: frameArray(Float64Array.of(1, 2, 3)),
    });
    expect((back['arrays.bytes'] as FrameArray).data).toEqual(Int32Array.of(7, 1));
    expect((back['arrays.big'] as FrameArray).data).toEqual(Float64Array.of(4_000_000_000, 1));
    expect((back['info.bytes'] as FrameArray).data).toEqual(Int32Array.of(7, 1));
    expect((back.dipole as FrameArray).data).toEqual(Float64Array.of(1, 2, 3));
  });
});
