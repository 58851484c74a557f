import { describe, expect, it } from 'vitest';
import { hasData, needsData, openBytes, readData } from './real-data.ts';
import { array, frameOf, opened, refusalOf, rounded, words } from './read-text.ts';

const atom = (symbol: string, x: number, charge = 0): string =>
  `${x.toFixed(4).padStart(10)}${'0.0000'.padStart(10)}${'0.0000'.padStart(10)} ${symbol.padEnd(3)} 0${String(charge).padStart(3)}  0\n`;
const HEAD = 'water\n  test\n\n';
const WATER = `${HEAD}  3  2  0  0  0  0            999 V2000\n${atom('O', 0)}${atom('H', 1)}${atom('D', -1)}  1  2  1  0\n  1  3  1  0\nM  END\n`;

describe('SDF and molfiles', () => {
  it('[F74] V2000: atoms, given bonds with their orders, charges of both kinds, data items', async () => {
    const data = await frameOf('a.sdf', `${WATER}> <ENERGY>\n-1.5\n\n>  <NOTE> (1)\ntwo\nlines\n\n$$$$\n`);
    expect(rounded(data, 'numbers')).toEqual([8, 1, 1]);
    expect(words(data, 'arrays.symbols')).toEqual(['O', 'H', 'D']);
    expect(rounded(data, 'bonds')).toEqual([0, 1, 0, 2]);
    expect(rounded(data, 'info.bond_orders')).toEqual([1, 1]);
    expect([data['info.title'], data['info.ENERGY'], data['info.NOTE']]).toEqual(['water', -1.5, 'two\nlines']);
    const old = await frameOf(
      'a.mol',
      `${HEAD}  2  0  0  0  0  0            999 V2000\n${atom('N', 0, 3)}${atom('O', 1, 5)}M  END\n`,
    );
    expect(rounded(old, 'arrays.formal_charges')).toEqual([1, -1]);
    expect(array(old, 'bonds').shape).toEqual([0, 2]);
    const given = await frameOf(
      'a.mol',
      `${HEAD}  2  0  0  0  0  0            999 V2000\n${atom('N', 0, 3)}${atom('O', 1)}M  CHG  1   2  -2\nM  END\n`,
    );
    expect(rounded(given, 'arrays.formal_charges')).toEqual([0, -2]);
  });

  it('[F74] records are frames, the last one also without its separator; numbers of items are scalars', async () => {
    const record = (energy: string): string => `${WATER}> <E>\n${energy}\n\n`;
    const file = await opened('a.sdf', `${record('1')}$$$$\n${record('none')}$$$$\n${record('3')}`);
    expect(file.count).toBe(3);
    expect(file.scalars()['info.E']).toEqual(Float64Array.of(1, Number.NaN, 3));
    expect((await file.read(1))['info.E']).toBe('none');
  });

  it('[F74] V3000: lines that go on, indices with gaps, charges', async () => {
    const table = `${HEAD}  0  0  0  0  0  0            999 V3000
M  V30 BEGIN CTAB
M  V30 COUNTS 2 1 0 0 0
M  V30 BEGIN ATOM
M  V30 10 N 0 0 0 0 -
M  V30 CHG=1
M  V30 20 C 1.5 0 0 0
M  V30 END ATOM
M  V30 BEGIN BOND
M  V30 1 2 20 10
M  V30 END BOND
M  V30 END CTAB
M  END
`;
    const data = await frameOf('a.mol', table);
    expect(rounded(data, 'positions')).toEqual([0, 0, 0, 1.5, 0, 0]);
    expect(rounded(data, 'bonds')).toEqual([1, 0]);
    expect(rounded(data, 'info.bond_orders')).toEqual([2]);
    expect(rounded(data, 'arrays.formal_charges')).toEqual([1, 0]);
    const error = await refusalOf('a.mol', table.replace('COUNTS 2 1', 'COUNTS 3 1'));
    expect(error?.message).toContain('says 3 atoms and 1 bonds and has 2 and 1');
  });

  it('[F74] a bad atom, bond or count is refused with its line, other records stay readable', async () => {
    for (const [text, line, sentence] of [
      [WATER.replace('  1  3  1', '  1  9  1'), 9, 'names atom 9, the molecule has 3'],
      [WATER.replace('  3  2', '  4  2'), 8, 'of atom 4 of 4'],
      [WATER.replace('  3  2', '  x  2'), 4, 'numbers of atoms and bonds'],
      [WATER.slice(0, WATER.indexOf('  1  3  1')), 9, 'ends before bond 2 of 2'],
    ] as const) {
      const error = await refusalOf('a.mol', text);
      expect(error?.message, sentence).toContain(sentence);
      expect(error?.fields, sentence).toMatchObject({ frame: 0, line });
    }
    const two = await opened('a.sdf', `${WATER.replace('  3  2', '  4  2')}$$$$\n${WATER}$$$$\n`);
    expect(rounded(await two.read(1), 'numbers')).toEqual([8, 1, 1]);
  });

  it.skipIf(!hasData)(
    `[F74] six real records behind five separators, bonds of a real molecule${needsData}`,
    async () => {
      const kinases = (await openBytes('kinases.sdf', readData('sdf/kinases.sdf'))).trajectory;
      expect(kinases.count).toBe(6);
      const counts = [];
      for (let k = 0; k < 6; k += 1) {
        const data = await kinases.read(k);
        counts.push([array(data, 'positions').shape[0], array(data, 'bonds').shape[0]]);
      }
      expect(counts[1]).toEqual([59, 62]);
      expect(counts[5]).toEqual([50, 52]);
      const aspirin = (await openBytes('aspirin.sdf', readData('sdf/aspirin.sdf'))).trajectory;
      expect(array(await aspirin.read(0), 'bonds').shape).toEqual([21, 2]);
    },
  );
});
