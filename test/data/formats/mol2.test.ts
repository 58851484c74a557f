import { describe, expect, it } from 'vitest';
import { MOL2, PEPTIDE } from './mol2-files.ts';
import { hasData, needsData, openBytes, readData } from './real-data.ts';
import { array, frameOf, opened, refusalOf, rounded, words } from './read-text.ts';

describe('mol2 files', () => {
  it('[F116] atoms by their types, given bonds with their orders, charges, names and residues', async () => {
    const data = await frameOf('a.mol2', MOL2);
    expect(rounded(data, 'numbers')).toEqual([6, 6, 8, 17, 0]);
    expect(rounded(data, 'positions').slice(3, 6)).toEqual([1.4, 0, -0.5]);
    expect(rounded(data, 'bonds')).toEqual([0, 1, 1, 2, 0, 3]);
    expect(rounded(data, 'info.bond_orders')).toEqual([4, 2, 1]);
    expect(rounded(data, 'charges')).toEqual([-0.1, 0.2, -0.4, 0.3, 0]);
    expect(words(data, 'arrays.atom_names')).toEqual(['C1', 'C2', 'O1', 'CL', 'LP1']);
    expect(words(data, 'arrays.atom_types')).toEqual(['C.ar', 'C.ar', 'O.co2', 'Cl', 'LP']);
    expect(words(data, 'arrays.residue_names')).toEqual(['LIG', 'LIG', 'LIG', 'LIG', 'LIG']);
    expect([data['info.title'], 'cell' in data, 'arrays.chain_ids' in data]).toEqual(['made by hand', false, false]);
  });

  it('[F116] a peptide has its residues by name and number, its chains, amides and its cell; without charges none', async () => {
    const data = await frameOf('b.mol2', PEPTIDE);
    expect(words(data, 'arrays.residue_names')).toEqual(['ALA', 'ALA', 'GLY', 'AT1']);
    expect(rounded(data, 'arrays.residue_numbers')).toEqual([12, 12, -3, 7]);
    expect(words(data, 'arrays.chain_ids')).toEqual(['A', 'A', 'B', '']);
    expect(rounded(data, 'numbers'), 'CA by Amber is carbon, Ca calcium').toEqual([6, 7, 6, 20]);
    expect(rounded(data, 'info.bond_orders'), 'amide and unknown; nc is none').toEqual([1, 1]);
    expect(rounded(data, 'cell')).toEqual([10, 0, 0, 0, 11, 0, 0, 0, 12]);
    expect(data['charges']).toBeUndefined();
    expect(rounded(await frameOf('b.mol2', PEPTIDE.replace('NO_CHARGES', 'USER_CHARGES')), 'charges')).toEqual([
      0, 0, 0, 2,
    ]);
  });

  it('[F116] molecules are frames, whatever stands between them; the format is known by its content', async () => {
    const file = await opened(
      'library',
      `# of a library\n\n${MOL2}\n# another\n@<TRIPOS>MOLECULE\nlone\n1\nSMALL\n@<TRIPOS>ATOM\n1 Na 0 0 0 Na\n${PEPTIDE}`,
    );
    expect([file.format, file.count]).toEqual(['mol2', 3]);
    expect(rounded(await file.read(1), 'numbers')).toEqual([11]);
    expect(array(await file.read(1), 'bonds').shape).toEqual([0, 2]);
    expect((await file.read(2))['info.title']).toBe('b');
    expect(Object.keys(await file.read(0, ['numbers']))).toEqual(['numbers']);
  });

  it.each([
    ['5 3', '6 3', 16, 'the molecule says 6 atoms and 3 bonds and has 5 and 3'],
    ['5 3', '5 four', 3, 'expected the numbers of atoms and bonds'],
    ['2 C2 1.4', '2 C2 far', 8, 'y, z and type of atom 2 of 5'],
    ['2 C2', '1 C2', 8, 'two atoms have the number 1'],
    ['1 1 2 ar', '1 1 9 ar', 13, 'bond 1 of 3 names atom 9, which is not there'],
    ['1 1 2 ar', '1 1 1 ar', 13, 'joins atom 1 to itself'],
    ['1 1 2 ar', '1 1 2 7', 13, 'kind of bond 1 of 3'],
  ])('[F117] %s made %s is refused by its line, and the molecule before is read', async (from, to, line, sentence) => {
    const text = MOL2 + MOL2.replace(from, to);
    const error = await refusalOf('a.mol2', text);
    expect(error).toMatchObject({ code: 'file/damaged', fields: { file: 'a.mol2', frame: 1, line: line + 16 } });
    expect(error?.message).toContain(sentence);
    expect(rounded(await frameOf('a.mol2', text, 0), 'numbers')).toHaveLength(5);
  });

  it('[F117] a file that was cut off is refused', async () => {
    const lines = MOL2.trimEnd().split('\n');
    for (let length = 2; length < lines.length - 1; length += 1)
      expect((await refusalOf('a.mol2', `${lines.slice(0, length).join('\n')}\n`))?.code, String(length)).toBe(
        'file/damaged',
      );
  });

  it.skipIf(!hasData)(`[F116] a real molecule with the types of a force field${needsData}`, async () => {
    const { trajectory } = await openBytes('sdf/imatinib.mol2', readData('sdf/imatinib.mol2'));
    const data = await trajectory.read(0);
    const counts = new Map<number, number>();
    for (const number of rounded(data, 'numbers')) counts.set(number, (counts.get(number) ?? 0) + 1);
    // C29 H31 N7 O
    expect([...counts].sort(([a], [b]) => a - b)).toEqual([
      [1, 31],
      [6, 29],
      [7, 7],
      [8, 1],
    ]);
    expect(array(data, 'bonds').shape).toEqual([72, 2]);
    expect(rounded(data, 'charges').reduce((sum, charge) => sum + charge, 0)).toBeCloseTo(0, 2);
  });
});
