import { describe, expect, it } from 'vitest';
import { type FrameData, isFrameArray } from '../../../src/protocol/frames.ts';
import { numberOfSpecies } from '../../../src/data/formats/xyz/species.ts';
import { hasData, needsData, openBytes, readData } from './real-data.ts';

async function read(text: string, keys?: readonly string[]): Promise<FrameData> {
  const { trajectory, error } = await openBytes('columns.xyz', new TextEncoder().encode(text));
  if (error !== undefined) throw error;
  return trajectory.read(0, keys);
}

function plain(data: FrameData, key: string): unknown {
  const value = data[key];
  if (!isFrameArray(value)) return value;
  const values = value.table === undefined ? [...value.data] : [...value.data].map((code) => value.table?.[code]);
  return { [value.table === undefined ? value.dtype : 'text']: values, shape: value.shape };
}

describe('columns', () => {
  it('[F8] words, whole numbers, reals and truth values of any width come out as arrays of that type', async () => {
    const data = await read(
      '2\nProperties=species:S:1:pos:R:3:w:S:2:n:I:1:m:I:2:r:R:1:l:L:1:ll:L:2\n' +
        'C 1 2 3 a bb 5 6 7 .5 T F t\nO 4 5 6 cccc a -5 +6 3000000000 1e3 FALSE true 0\n',
    );
    expect(plain(data, 'positions')).toEqual({ '<f8': [1, 2, 3, 4, 5, 6], shape: [2, 3] });
    expect(plain(data, 'arrays.w')).toEqual({ text: ['a', 'bb', 'cccc', 'a'], shape: [2, 2] });
    expect(plain(data, 'arrays.n')).toEqual({ '<i4': [5, -5], shape: [2] });
    expect(plain(data, 'arrays.m')).toEqual({ '<f8': [6, 7, 6, 3e9], shape: [2, 2] });
    expect(plain(data, 'arrays.r')).toEqual({ '<f8': [0.5, 1000], shape: [2] });
    expect(plain(data, 'arrays.l')).toEqual({ '|u1': [1, 0], shape: [2] });
    expect(plain(data, 'arrays.ll')).toEqual({ '|u1': [0, 1, 1, 0], shape: [2, 2] });
  });

  it('[F6] known columns become frame keys where their type fits, others keep their name', async () => {
    const data = await read(
      '1\nProperties=species:S:1:pos:R:3:forces:R:3:charge:R:1:tags:I:1:masses:R:1:magmoms:R:1:velocities:R:3:force:R:3:initial_charges:R:1\n' +
        'C 1 2 3 4 5 6 .1 7 12 .5 1 1 1 9 9 9 .2\n',
    );
    expect(Object.keys(data).toSorted()).toEqual(
      [
        'arrays.force',
        'arrays.initial_charges',
        'charges',
        'forces',
        'magmoms',
        'masses',
        'numbers',
        'positions',
        'tags',
        'velocities',
      ].toSorted(),
    );
    const other = await read('1\nProperties=species:S:1:pos:R:3:tags:S:1:forces:R:1:masses:I:1\nC 1 2 3 a 1 12\n');
    expect(plain(other, 'arrays.tags')).toEqual({ text: ['a'], shape: [1] });
    expect(plain(other, 'arrays.forces')).toEqual({ '<f8': [1], shape: [1] });
    expect(plain(other, 'masses')).toEqual({ '<f8': [12], shape: [1] });
  });

  it('[F8] tabs, carriage returns, blanks around lines, a byte-order mark and further words do no harm', async () => {
    const data = await read('\uFEFF  2 \r\n energy=1 \r\n\tC\t1 2\t3\textra 1.5\r\n  O 4 5 6   \r\n\r\n  \n');
    expect(plain(data, 'positions')).toEqual({ '<f8': [1, 2, 3, 4, 5, 6], shape: [2, 3] });
    expect(data.energy).toBe(1);
  });

  it('[F8] frames of no atoms are frames', async () => {
    const { trajectory } = await openBytes(
      'zero.xyz',
      new TextEncoder().encode('0\nenergy=1\n0\n\n1\n\nC 1 2 3\n0\nx=1\n'),
    );
    expect(trajectory.count).toBe(4);
    expect(plain(await trajectory.read(0), 'positions')).toEqual({ '<f8': [], shape: [0, 3] });
    expect([...trajectory.scalars().energy]).toEqual([1, Number.NaN, Number.NaN, Number.NaN]);
    expect((await trajectory.read(3))['info.x']).toBe(1);
  });

  it('[F7] species are symbols in any case, numbers, or symbols with something behind them', () => {
    const cases: [string, number][] = [
      ['C', 6],
      ['CL', 17],
      ['cl', 17],
      ['Si', 14],
      ['26', 26],
      ['Fe2', 26],
      ['Fe3+', 26],
      ['H_w', 1],
      ['D', 1],
      ['X', 0],
      ['Qq', 0],
      ['Foo', 0],
      ['0', 0],
      ['119', 0],
      ['', 0],
      ['Å', 0],
    ];
    for (const [label, number] of cases) expect(numberOfSpecies(label), label).toBe(number);
  });

  it('[F7] labels that say more than the element are kept, unknown ones are number 0', async () => {
    expect((await read('2\n\nC 1 2 3\nCL 1 2 3\n'))['arrays.symbols']).toBeUndefined();
    const data = await read('3\n\nQq 1 2 3\nFe2 1 2 3\nO 1 2 3\n');
    expect(plain(data, 'numbers')).toEqual({ '|u1': [0, 26, 8], shape: [3] });
    expect(plain(data, 'arrays.symbols')).toEqual({ text: ['Qq', 'Fe2', 'O'], shape: [3] });
  });

  it('[F7] a column Z overrules the species', async () => {
    const data = await read('2\nProperties=species:S:1:pos:R:3:Z:I:1\nA 1 2 3 6\nH 1 2 3 1\n');
    expect(plain(data, 'numbers')).toEqual({ '|u1': [6, 1], shape: [2] });
    expect(plain(data, 'arrays.symbols')).toEqual({ text: ['A', 'H'], shape: [2] });
    expect(plain(await read('1\nProperties=Z:I:1:pos:R:3\n8 1 2 3\n'), 'numbers')).toEqual({ '|u1': [8], shape: [1] });
  });

  it('[F10] cell vectors after the atoms make their directions periodic', async () => {
    const text = '1\nslab\nC 1 2 3\nVEC1 10 0 0\nVEC2 0 11 0\n1\nslab\nC 1 2 3\nVEC1 12 0 0\n';
    const { trajectory } = await openBytes('vec.xyz', new TextEncoder().encode(text));
    expect(trajectory.count).toBe(2);
    expect(plain(await trajectory.read(0), 'cell')).toEqual({ '<f8': [10, 0, 0, 0, 11, 0, 0, 0, 0], shape: [3, 3] });
    expect(plain(await trajectory.read(0), 'pbc')).toEqual({ '|u1': [1, 1, 0], shape: [3] });
    expect(plain(await trajectory.read(1), 'pbc')).toEqual({ '|u1': [1, 0, 0], shape: [3] });
    await expect(read('1\nslab\nC 1 2 3\nVEC2 10 0 0\n')).rejects.toMatchObject({ code: 'file/damaged' });
  });

  it('[F32] only the keys asked for are read, under their aliases too', async () => {
    const text = '1\nProperties=species:S:1:pos:R:3:forces:R:3 energy=1\nC 1 2 3 oops 5 6\n';
    expect(Object.keys(await read(text, ['species', 'energy']))).toEqual(['numbers', 'energy']);
    expect(Object.keys(await read(text, ['position', 'nothing']))).toEqual(['positions']);
    expect(await read(text, [])).toEqual({});
    await expect(read(text, ['forces'])).rejects.toMatchObject({ code: 'file/damaged' });
  });

  it.skipIf(!hasData)(`[F8] the real file of 35 properties in 63 columns gives all of them${needsData}`, async () => {
    const { trajectory } = await openBytes('crack.xyz', readData('extxyz/quartz_crack.xyz'));
    const data = await trajectory.read(0);
    expect(Object.keys(data).filter((key) => isFrameArray(data[key]) && data[key].shape[0] === 4320).length).toBe(34);
  });
});
