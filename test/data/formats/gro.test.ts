import { describe, expect, it } from 'vitest';
import { type FrameData, isFrameArray } from '../../../src/protocol/frames.ts';
import { gromacsBox } from '../../../src/data/formats/gro-box.ts';
import { guessElement } from '../../../src/data/formats/guess-element.ts';
import { hasData, needsData, openBytes, readData } from './real-data.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function plain(data: FrameData, key: string): unknown {
  const value = data[key];
  if (!isFrameArray(value)) return value;
  const values = value.table === undefined ? [...value.data] : [...value.data].map((code) => value.table?.[code]);
  return { [value.table === undefined ? value.dtype : 'text']: values, shape: value.shape };
}

const singles = (...values: number[]): number[] => values.map(Math.fround);

const water = (title: string, x = '0.126'): string =>
  `${title}\n    3\n` +
  `    1SOL     OW    1   ${x}   1.624   1.679  0.1227 -0.0580  0.0434\n` +
  `    1SOL    HW1    2   0.190   1.661   1.747  0.8085  0.3191 -0.7791\n` +
  `    1SOL    HW2    3   0.177   1.568   1.613 -0.9045 -2.6469  1.3180\n` +
  '   1.82060   1.82060   1.82060\n';

describe('GRO', () => {
  it('[F26] nm become angstrom, nm/ps angstrom/fs, the box a cell, the title time and step', async () => {
    const { trajectory, error } = await openBytes('w.gro', bytesOf(water('Water t= 12.50000 step= 6250')));
    expect(error).toBeUndefined();
    const data = await trajectory.read(0);
    expect(plain(data, 'positions')).toEqual({
      '<f4': singles(1.26, 16.24, 16.79, 1.9, 16.61, 17.47, 1.77, 15.68, 16.13),
      shape: [3, 3],
    });
    expect((plain(data, 'velocities') as Record<string, number[]>)['<f4'].slice(0, 3)).toEqual(
      singles(0.001227, -0.00058, 0.000434),
    );
    expect(plain(data, 'numbers')).toEqual({ '|u1': [8, 1, 1], shape: [3] });
    expect(plain(data, 'cell')).toEqual({ '<f8': [18.206, 0, 0, 0, 18.206, 0, 0, 0, 18.206], shape: [3, 3] });
    expect(plain(data, 'pbc')).toEqual({ '|u1': [1, 1, 1], shape: [3] });
    expect(plain(data, 'arrays.residue_names')).toEqual({ text: ['SOL', 'SOL', 'SOL'], shape: [3] });
    expect(plain(data, 'arrays.residue_numbers')).toEqual({ '<i4': [1, 1, 1], shape: [3] });
    expect(plain(data, 'arrays.atom_names')).toEqual({ text: ['OW', 'HW1', 'HW2'], shape: [3] });
    expect(data).toMatchObject({ time: 12.5, step: 6250, 'info.title': 'Water t= 12.50000 step= 6250' });
    expect(trajectory.scalars()).toEqual({ time: Float64Array.of(12.5), step: Float64Array.of(6250) });
  });

  it('[F26] several frames in one file, with empty titles and blank lines at the end', async () => {
    const text = `${water('a t= 0')}${water('', '0.226')}${water('c t= 2')}\n\n  \n`;
    const { trajectory, error } = await openBytes('w.gro', bytesOf(text.replaceAll('\n', '\r\n')));
    expect(error).toBeUndefined();
    expect(trajectory.count).toBe(3);
    expect((plain(await trajectory.read(1), 'positions') as Record<string, number[]>)['<f4'][0]).toBe(
      Math.fround(2.26),
    );
    expect((await trajectory.read(1))['info.title']).toBeUndefined();
    expect((await trajectory.read(2)).time).toBe(2);
    expect([...trajectory.scalars().time]).toEqual([0, Number.NaN, 2]);
  });

  it('[F26] fields are as wide as their decimal points are apart', async () => {
    const text =
      'precise\n 1\n    1SOL     OW    1     0.12600001     1.62400002     1.67900003\n   1.0 1.0 1.0 0 0 0.5 0 0.25 0.125\n';
    const { trajectory } = await openBytes('p.gro', bytesOf(text));
    const data = await trajectory.read(0);
    expect(plain(data, 'positions')).toEqual({ '<f4': singles(1.2600001, 16.2400002, 16.7900003), shape: [1, 3] });
    expect(plain(data, 'cell')).toEqual({ '<f8': [10, 0, 0, 5, 10, 0, 2.5, 1.25, 10], shape: [3, 3] });
    expect(plain(data, 'arrays.atom_names')).toEqual({ text: ['OW'], shape: [1] });
  });

  it('[F26] a box of zeros is no cell; numbers that touch each other are told apart', async () => {
    const { trajectory } = await openBytes('z.gro', bytesOf(water('a').replaceAll('1.82060', '0.00000')));
    const data = await trajectory.read(0);
    expect(data.cell).toBeUndefined();
    expect(data.pbc).toBeUndefined();
    expect(gromacsBox('40000.0000040000.0000040000.00000')).toEqual([40000, 40000, 40000]);
    expect(gromacsBox('   1.0   2.0')).toBeUndefined();
    expect(gromacsBox('')).toBeUndefined();
  });

  it('[F3] a wrong count, a missing box and a wrong number are damage of their frame and line', async () => {
    const cases: [string, number, number, string][] = [
      [water('a') + water('b').replace('    3\n', '    4\n'), 1, 12, 'expected atom 4 of 4'],
      [water('a') + water('b').replace('    3\n', '    2\n') + water('c'), 1, 11, 'expected the box'],
      [water('a') + water('b').replace('    3\n', 'three\n'), 1, 8, 'expected the number of atoms'],
      [`${water('a')}title\n 5\n`, 1, 9, 'says 5 atoms'],
      [water('a').replace(/[^\n]*\n$/, ''), 0, 6, 'before the box'],
    ];
    for (const [text, frame, line, sentence] of cases) {
      const { trajectory, error } = await openBytes('x.gro', bytesOf(text));
      expect(error?.fields, sentence).toMatchObject({ frame, line });
      expect(error?.message).toContain(sentence);
      expect(trajectory.count).toBe(frame);
    }
    const { trajectory } = await openBytes('x.gro', bytesOf(water('a', '0.1x6')));
    await expect(trajectory.read(0)).rejects.toMatchObject({ code: 'file/damaged', fields: { frame: 0, line: 3 } });
  });
});

describe('elements of atom names', () => {
  it('[F28] names of proteins, water, ions, ligands and virtual sites', () => {
    const cases: [string, string, number][] = [
      ['CA', 'ALA', 6],
      ['CD', 'GLU', 6],
      ['NE2', 'HIS', 7],
      ['HG11', 'VAL', 1],
      ['1HB', 'ALA', 1],
      ["H5'", 'DA', 1],
      ['SG', 'CYS', 16],
      ['SE', 'MSE', 34],
      ['CE', 'MSE', 6],
      ['P', 'DG', 15],
      ['OW', 'SOL', 8],
      ['HW1', 'SOL', 1],
      ['MW', 'SOL', 0],
      ['EPW', 'TIP4', 0],
      ['NA', 'NA', 11],
      ['NA+', 'NA+', 11],
      ['CL', 'CL', 17],
      ['CL-', 'CL-', 17],
      ['CLA', 'CLA', 17],
      ['SOD', 'SOD', 11],
      ['K', 'K', 19],
      ['CA', 'CA', 20],
      ['CA', 'CA2', 20],
      ['ZN', 'ZN', 30],
      ['ZN', 'LIG', 30],
      ['FE', 'HEM', 26],
      ['NA', 'HEM', 7],
      ['CAA', 'HEM', 6],
      ['CL1', 'LIG', 17],
      ['Cl1', 'LIG', 17],
      ['BR', 'LIG', 35],
      ['Si3', 'MOL', 14],
      ['Xe', 'MOL', 54],
      ['C12', 'LIG', 6],
      ['U', 'U', 92],
      ['', 'ALA', 0],
      ['**', 'X', 0],
      ['Q1', 'X', 0],
    ];
    for (const [name, residue, number] of cases)
      expect(guessElement(name, residue), `${name} in ${residue}`).toBe(number);
  });

  it('[F110] the name of an ion counts where the residue is that ion: CLA of a fatty acid is carbon', async () => {
    const atoms: [residue: string, name: string, number: number][] = [
      ['323YPL', 'CB', 6],
      ['323YPL', 'CLA', 6],
      ['323YPL', 'CLG', 6],
      ['324CLA', 'MG', 12],
      ['324CLA', 'CHA', 6],
      ['324CLA', 'NA', 7],
      ['325LIG', 'CL1', 17],
      ['325LIG', 'CLAA', 17],
      ['326ION', 'CLA', 17],
      ['327ION', 'SOD', 11],
      ['327ION', 'SOD', 11],
      ['328SOD', 'SOD', 11],
      ['328SOD', 'NA', 11],
      ['329CAL', 'X', 20],
      ['330POT', 'POT', 19],
    ];
    const lines = atoms.map(
      ([residue, name], atom) =>
        `${residue.slice(0, 3).padStart(5)}${residue.slice(3).padEnd(5)}${name.padStart(5)}${String(atom + 1).padStart(5)}   0.000   0.000   0.000\n`,
    );
    const text = `ions\n${atoms.length}\n${lines.join('')}   1.0 1.0 1.0\n`;
    const { trajectory } = await openBytes('ions.gro', bytesOf(text));
    const { numbers } = await trajectory.read(0, ['numbers']);
    expect(plain({ numbers }, 'numbers')).toEqual({
      '|u1': atoms.map(([, , number]) => number),
      shape: [atoms.length],
    });
  });

  it.skipIf(!hasData)(`[F110] a real protein with palmitoyl has no chlorine${needsData}`, async () => {
    const { trajectory } = await openBytes('md_1u19.gro', readData('gromacs/md_1u19.gro'));
    const { numbers } = await trajectory.read(0, ['numbers']);
    const found = plain({ numbers }, 'numbers') as { '|u1': number[] };
    expect(found['|u1'].filter((number) => number === 17)).toHaveLength(0);
    expect(found['|u1'].length).toBeGreaterThan(5000);
  });
});
