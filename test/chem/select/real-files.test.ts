import { describe, expect, it } from 'vitest';
import { isFrameArray, type FrameData } from '../../../src/protocol/frames.ts';
import { perceiveBonds } from '../../../src/chem/bonds.ts';
import { evaluateSelect } from '../../../src/chem/select/evaluate-select.ts';
import { parseSelect } from '../../../src/chem/select/parse-select.ts';
import { hasData, needsData, openBytes, readData } from '../../data/formats/real-data.ts';
import { distanceTheSlowWay, plainAtoms, type PlainAtom } from './plain-atoms.ts';

async function frameOf(path: string): Promise<FrameData> {
  const { trajectory } = await openBytes(path.split('/').at(-1) ?? path, readData(path));
  return await trajectory.read(0);
}
const select = (text: string, data: FrameData): number[] => [...evaluateSelect(parseSelect(text), data)];

/** Expressions about 1crn, each beside the same question asked of every atom. */
const QUESTIONS: readonly [string, (atom: PlainAtom, all: readonly PlainAtom[]) => boolean][] = [
  ['all', () => true],
  ['none', () => false],
  ['element O', (a) => a.number === 8],
  ['ELEMENT o, Nitrogen, 16', (a) => [8, 7, 16].includes(a.number)],
  ['index 0:10,15', (a) => a.index <= 10 || a.index === 15],
  ['index 320: or index :2', (a) => a.index >= 320 || a.index <= 2],
  ['residue ALA', (a) => a.residue === 'ALA'],
  ['residue ala,GLY,10:12,40', (a) => ['ALA', 'GLY'].includes(a.residue) || [10, 11, 12, 40].includes(a.residueNumber)],
  ['chain A', (a) => a.chain === 'A'],
  ['name CA', (a) => a.name === 'CA'],
  ['name CA, C, N, "O"', (a) => ['CA', 'C', 'N', 'O'].includes(a.name)],
  ['not element C', (a) => a.number !== 6],
  ['z < 3', (a) => a.z < 3],
  ['x >= -1.5 and y != 2', (a) => a.x >= -1.5 && a.y !== 2],
  ['element O or element N and z < 3', (a) => a.number === 8 || (a.number === 7 && a.z < 3)],
  ['(element O or element N) and z < 3', (a) => (a.number === 8 || a.number === 7) && a.z < 3],
  ['not (residue ALA or name CA)', (a) => a.residue !== 'ALA' && a.name !== 'CA'],
  ['not residue ALA and name CA', (a) => a.residue !== 'ALA' && a.name === 'CA'],
  ['residue_numbers > 20', (a) => a.residueNumber > 20],
  ['arrays.residue_names = THR', (a) => a.residue === 'THR'],
  ['within 3.5 of (index 44)', (a, all) => distanceTheSlowWay(a, all[44], undefined) <= 3.5],
  [
    'within 3.5 of index 44 and element O',
    (a, all) => a.number === 8 && distanceTheSlowWay(a, all[44], undefined) <= 3.5,
  ],
  ['within 4 of element S', (a, all) => all.some((b) => b.number === 16 && distanceTheSlowWay(a, b, undefined) <= 4)],
  ['within 0 of name CA', (a) => a.name === 'CA'],
  ['within 1e6 of index 3', () => true],
  ['same element as index 0', (a, all) => a.number === all[0].number],
  ['same residue as index 100', (a, all) => a.residueNumber === all[100].residueNumber],
  ['same name as (name CA, CB)', (a) => a.name === 'CA' || a.name === 'CB'],
  [
    'same residue as within 3.5 of element S',
    (a, all) =>
      all.some(
        (b) =>
          b.residueNumber === a.residueNumber &&
          all.some((c) => c.number === 16 && distanceTheSlowWay(b, c, undefined) <= 3.5),
      ),
  ],
];

describe.skipIf(!hasData)('expressions and real files', () => {
  it(`[C260] mean in a protein what is meant when every atom is asked (${QUESTIONS.length} expressions)${needsData}`, async () => {
    const data = await frameOf('pdb/1crn.pdb');
    const atoms = plainAtoms(data);
    expect(atoms.length).toBe(327);
    for (const [text, holds] of QUESTIONS) {
      const wanted = atoms.filter((atom) => holds(atom, atoms)).map(({ index }) => index);
      expect(select(text, data), text).toEqual(wanted);
    }
  });

  it(`[C261] within, bonded and same see periodic images in a real box of water${needsData}`, async () => {
    const data = await frameOf('gromacs/water.trr').catch(() => undefined);
    const water = data === undefined || !isFrameArray(data.numbers) ? await frameOf('gromacs/cod_4020641.gro') : data;
    const atoms = plainAtoms(water);
    const { cell, pbc, positions, numbers } = water;
    if (!isFrameArray(cell) || !isFrameArray(pbc) || !isFrameArray(positions)) throw new Error('no cell');
    expect([...pbc.data]).toEqual([1, 1, 1]);
    const near = (a: PlainAtom, b: PlainAtom): number => distanceTheSlowWay(a, b, cell.data, pbc.data);
    // Atoms at the lower faces have neighbours behind the upper ones.
    const edges = (['x', 'y', 'z'] as const).map((axis) => atoms.reduce((a, b) => (b[axis] < a[axis] ? b : a)));
    let more = 0;
    for (const edge of edges) {
      const through = atoms.filter((atom) => near(atom, edge) <= 3.5);
      const straight = atoms.filter((atom) => distanceTheSlowWay(atom, edge, undefined) <= 3.5);
      more += through.length - straight.length;
      expect(select(`within 3.5 of index ${edge.index}`, water)).toEqual(through.map(({ index }) => index));
    }
    expect(more).toBeGreaterThan(0);
    const pairs = perceiveBonds({
      atomCount: atoms.length,
      positions: positions.data as Float32Array,
      numbers: isFrameArray(numbers) ? (numbers.data as Uint8Array) : new Uint8Array(atoms.length),
      cell: cell.data,
      pbc: pbc.data,
    }).pairs;
    const neighbours = new Set<number>();
    for (let i = 0; i < pairs.length; i += 2) {
      if (pairs[i] === 0) neighbours.add(pairs[i + 1]);
      if (pairs[i + 1] === 0) neighbours.add(pairs[i]);
    }
    const bonded = [...neighbours].toSorted((a, b) => a - b);
    expect(select('bonded to index 0', water)).toEqual(bonded);
    expect(select('grow of index 0', water)).toEqual([...new Set([0, ...bonded])].toSorted((a, b) => a - b));
    expect(bonded.length).toBeGreaterThan(0);
    expect(select('same molecule as index 0', water)).toEqual(select('grow 1000 of index 0', water));
  });
});
