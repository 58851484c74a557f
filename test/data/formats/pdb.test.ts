import { describe, expect, it } from 'vitest';
import { type FrameData, isFrameArray } from '../../../src/protocol/frames.ts';
import { hybrid36, isRecord, readConect, readCryst1 } from '../../../src/data/formats/pdb-records.ts';
import { hasData, needsData, openBytes, readData } from './real-data.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function plain(data: FrameData, key: string): unknown {
  const value = data[key];
  if (!isFrameArray(value)) return value;
  const values = value.table === undefined ? [...value.data] : [...value.data].map((code) => value.table?.[code]);
  return { [value.table === undefined ? value.dtype : 'text']: values, shape: value.shape };
}

const atom = (serial: string, name: string, residue: string, number: string, x: number, element = '  '): string =>
  `ATOM  ${serial.padStart(5)} ${name.padEnd(4)} ${residue.padStart(3)} A${number.padStart(4)}    ` +
  `${x.toFixed(3).padStart(8)}   2.000   3.000  1.00  0.50          ${element}\n`;

describe('PDB', () => {
  it('[F27] models are frames, the first CRYST1 and CONECT records outside models hold for all of them', async () => {
    const model = (k: number): string =>
      `MODEL     ${k}\n${atom('1', ' N', 'ALA', '1', k, ' N')}${atom('2', ' CA', 'ALA', '1', k + 1, ' C')}TER\nENDMDL\n`;
    const text = `CRYST1   10.000   20.000   30.000  90.00  90.00 120.00 P 1           1\n${model(1)}${model(2)}CONECT    1    2\nCONECT    2    1    9\nEND\n`;
    const { trajectory, error } = await openBytes('m.pdb', bytesOf(text));
    expect(error).toBeUndefined();
    expect(trajectory.count).toBe(2);
    for (const index of [0, 1]) {
      const data = await trajectory.read(index);
      expect(plain(data, 'bonds')).toEqual({ '<i4': [0, 1], shape: [1, 2] });
      expect((plain(data, 'cell') as Record<string, number[]>)['<f8'].map((x) => Number(x.toFixed(6)))).toEqual([
        10, 0, 0, -10, 17.320508, 0, 0, 0, 30,
      ]);
      expect(data['info.model']).toBe(index + 1);
      expect(plain(data, 'positions')).toEqual({ '<f4': [index + 1, 2, 3, index + 2, 2, 3], shape: [2, 3] });
    }
    const again = await openBytes('m.pdb', bytesOf(text));
    expect(again.trajectory.scalars()).toEqual({});
  });

  it('[F27] END separates frames without MODEL, each with its own cell', async () => {
    const one = (a: string): string =>
      `CRYST1   ${a}   20.000   30.000  90.00  90.00  90.00\n${atom('1', ' N', 'ALA', '1', 1)}END\n`;
    const { trajectory } = await openBytes('t.pdb', bytesOf(one('10.000') + one('11.000') + one('12.000')));
    expect(trajectory.count).toBe(3);
    expect((plain(await trajectory.read(2), 'cell') as Record<string, number[]>)['<f8'][0]).toBe(12);
  });

  it('[F27] a model without a cell of its own has the first of the file', async () => {
    const cryst = (a: string): string => `CRYST1   ${a}   20.000   30.000  90.00  90.00  90.00\n`;
    const model = (k: number, own: string): string => `MODEL ${k}\n${own}${atom('1', ' N', 'ALA', '1', 1)}ENDMDL\n`;
    const text = cryst('10.000') + model(1, '') + model(2, cryst('11.000')) + model(3, '');
    const { trajectory } = await openBytes('c.pdb', bytesOf(text));
    const lengths = await Promise.all(
      [0, 1, 2].map(
        async (index) => (plain(await trajectory.read(index), 'cell') as Record<string, number[]>)['<f8'][0],
      ),
    );
    expect(lengths).toEqual([10, 11, 10]);
  });

  it('[F27] what a serialised index must know beyond offsets travels with it', async () => {
    const text = `CRYST1   10.000   20.000   30.000  90.00  90.00  90.00\n${['1', '2'].map((k) => `MODEL ${k}\n${atom('1', ' N', 'ALA', '1', 1)}${atom('2', ' C', 'ALA', '1', 2)}ENDMDL\n`).join('')}CONECT    1    2\n`;
    const { trajectory } = await openBytes('m.pdb', bytesOf(text));
    const { openTrajectory } = await import('../../../src/data/formats/open-trajectory.ts');
    const { memorySource } = await import('../../../src/data/formats/source/memory-source.ts');
    const again = await openTrajectory(memorySource('m.pdb', bytesOf(text)), { index: trajectory.serialiseIndex() });
    expect(again.isComplete).toBe(true);
    expect(await again.read(1)).toEqual(await trajectory.read(1));
  });

  it('[F27] alternate places, insertion codes, occupancies and chains are kept', async () => {
    const line = 'ATOM      1  CA AALA B  52A      1.000   2.000   3.000  0.60 12.50           C  \n';
    const { trajectory } = await openBytes(
      'a.pdb',
      bytesOf(line + line.replace('AALA', 'BALA').replace('0.60', '0.40')),
    );
    const data = await trajectory.read(0);
    expect(plain(data, 'arrays.altlocs')).toEqual({ text: ['A', 'B'], shape: [2] });
    expect(plain(data, 'arrays.insertion_codes')).toEqual({ text: ['A', 'A'], shape: [2] });
    expect(plain(data, 'arrays.occupancies')).toEqual({ '<f4': [Math.fround(0.6), Math.fround(0.4)], shape: [2] });
    expect(plain(data, 'arrays.b_factors')).toEqual({ '<f4': [12.5, 12.5], shape: [2] });
    expect(plain(data, 'arrays.chain_ids')).toEqual({ text: ['B', 'B'], shape: [2] });
    expect(plain(data, 'arrays.residue_numbers')).toEqual({ '<i4': [52, 52], shape: [2] });
  });

  it('[F27] hybrid-36 numbers go on after 99999 and 9999', async () => {
    expect(hybrid36('99999', 5)).toBe(99999);
    expect(hybrid36('A0000', 5)).toBe(100_000);
    expect(hybrid36('A0001', 5)).toBe(100_001);
    expect(hybrid36('ZZZZZ', 5)).toBe(43_770_015);
    expect(hybrid36('a0000', 5)).toBe(43_770_016);
    expect(hybrid36('zzzzz', 5)).toBe(87_440_031);
    expect(hybrid36('A000', 4)).toBe(10_000);
    expect(hybrid36('a000', 4)).toBe(1_223_056);
    expect(hybrid36('  -5', 4)).toBe(-5);
    for (const text of ['', '    ', 'A00', 'aA000', '*****', '1.5']) expect(hybrid36(text, 5), text).toBeUndefined();
    const text = `${atom('99999', ' N', 'ALA', '9999', 1)}${atom('A0000', ' C', 'ALA', 'A000', 2)}CONECT99999A0000\n`;
    const { trajectory } = await openBytes('h.pdb', bytesOf(text));
    const data = await trajectory.read(0);
    expect(plain(data, 'arrays.residue_numbers')).toEqual({ '<i4': [9999, 10_000], shape: [2] });
    expect(plain(data, 'bonds')).toEqual({ '<i4': [0, 1], shape: [1, 2] });
  });

  it('[F28] the element column decides, else the name and where it stands', async () => {
    const text =
      atom('1', ' CA', 'ALA', '1', 1) +
      atom('2', 'CA', 'CA', '2', 1) +
      atom('3', ' CA', 'ALA', '1', 1, 'CA') +
      atom('4', 'HG11', 'VAL', '1', 1) +
      atom('5', 'FE', 'HEM', '1', 1) +
      atom('6', ' X', 'UNK', '1', 1, ' O');
    const { trajectory } = await openBytes('e.pdb', bytesOf(text));
    expect(plain(await trajectory.read(0), 'numbers')).toEqual({ '|u1': [6, 20, 20, 1, 26, 8], shape: [6] });
  });

  it('[F110] in a PDB without elements the place of a name tells CLA of a chain from chlorine and lone ions', async () => {
    const text =
      atom('1', ' CLA', 'YPL', '1', 1) +
      atom('2', ' CLB', 'YPL', '1', 1) +
      atom('3', 'CLA', 'LIG', '2', 1) +
      atom('4', ' C1', 'LIG', '2', 1) +
      atom('5', ' CLA', 'ION', '3', 1) +
      atom('6', ' CLA', 'YPL', '4', 1, 'CL');
    const { trajectory } = await openBytes('e.pdb', bytesOf(text));
    expect(plain(await trajectory.read(0), 'numbers')).toEqual({ '|u1': [6, 6, 17, 6, 17, 17], shape: [6] });
  });

  it('[F27] records are told by their whole name, cells by lengths and angles that make one', () => {
    const record = (line: string, name: string): boolean => isRecord(bytesOf(line), 0, line.length, name);
    expect(record('END', 'END')).toBe(true);
    expect(record('END  ', 'END')).toBe(true);
    expect(record('ENDMDL', 'END')).toBe(false);
    expect(record('MODEL', 'MODEL ')).toBe(true);
    expect(record('ATOMS ', 'ATOM  ')).toBe(false);
    expect(readConect(bytesOf('CONECT    1    2    3         5'), 0, 31)).toEqual([1, 2, 1, 3, 1, 5]);
    expect(readCryst1('CRYST1    1.000    1.000    1.000  90.00  90.00  90.00')).toBeUndefined();
    expect(readCryst1('CRYST1 10 11 12 90 90 90')).toEqual(Float64Array.of(10, 0, 0, 0, 11, 0, 0, 0, 12));
    expect(readCryst1('CRYST1   10.000   11.000')).toContain('three lengths');
    expect(readCryst1('CRYST1   10.000   11.000   12.000  90.00  10.00 150.00')).toContain('no cell');
  });

  it('[F3] a coordinate that is none is damage with its line; a text without atoms has no frame', async () => {
    const text = atom('1', ' N', 'ALA', '1', 1) + atom('2', ' C', 'ALA', '1', 2).replace('   2.000', '   2.0x0');
    const { trajectory } = await openBytes('x.pdb', bytesOf(text));
    await expect(trajectory.read(0)).rejects.toMatchObject({ code: 'file/damaged', fields: { frame: 0, line: 2 } });
    const short = await openBytes('x.pdb', bytesOf('ATOM      1  N   ALA A   1       1.000\n'));
    await expect(short.trajectory.read(0)).rejects.toMatchObject({ code: 'file/damaged' });
    expect((await openBytes('x.pdb', bytesOf('REMARK nothing\n'))).error?.code).toBe('file/empty');
  });

  it.skipIf(!hasData)(`[F27] the odd real file with ENDMDL, END and CONECT within models${needsData}`, async () => {
    const { trajectory } = await openBytes('end-endmdl.pdb', readData('pdb/odd/end-endmdl.pdb'));
    expect(trajectory.count).toBe(2);
    expect(plain(await trajectory.read(0), 'bonds')).toEqual({ '<i4': [0, 1], shape: [1, 2] });
    expect((plain(await trajectory.read(1), 'bonds') as { shape: number[] }).shape).toEqual([8, 2]);
    const hemo = await openBytes('hemo.pdb', readData('pdb/hemo.pdb'));
    // Those of the ligands only: they are drawn besides those that are perceived.
    expect((plain(await hemo.trajectory.read(0), 'info.links') as { shape: number[] }).shape).toEqual([77, 2]);
  });
});
