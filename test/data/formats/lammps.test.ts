import { describe, expect, it } from 'vitest';
import { hasData, needsData, openBytes, readData } from './real-data.ts';
import { array, frameOf, opened, refusalOf, rounded, words } from './read-text.ts';

const dump = (columns: string, rows: string, box = 'pp pp pp\n0 10\n0 10\n0 10', count = 2): string =>
  `ITEM: TIMESTEP\n7\nITEM: NUMBER OF ATOMS\n${count}\nITEM: BOX BOUNDS ${box}\nITEM: ATOMS ${columns}\n${rows}\n`;

describe('LAMMPS dumps', () => {
  it('[F70] atoms come in order of their ids, with every column under a name', async () => {
    const data = await frameOf(
      'a.lammpstrj',
      dump(
        'id type element x y z q mol ix iy iz c_s[1] c_s[2] v_e',
        '9 2 O 1 2 3 -1 4 0 1 -1 5 6 7\n3 1 H 4 5 6 1 4 0 0 0 8 9 1',
      ),
    );
    expect(rounded(data, 'positions')).toEqual([4, 5, 6, 1, 2, 3]);
    expect(rounded(data, 'ids')).toEqual([3, 9]);
    expect(rounded(data, 'numbers')).toEqual([1, 8]);
    expect(rounded(data, 'arrays.types')).toEqual([1, 2]);
    expect(rounded(data, 'charges')).toEqual([1, -1]);
    expect(rounded(data, 'arrays.molecules')).toEqual([4, 4]);
    expect(rounded(data, 'arrays.images')).toEqual([0, 0, 0, 0, 1, -1]);
    expect(array(data, 'arrays.c_s').shape).toEqual([2, 2]);
    expect(rounded(data, 'arrays.c_s')).toEqual([8, 9, 5, 6]);
    expect(rounded(data, 'arrays.v_e')).toEqual([1, 7]);
    expect(data.step).toBe(7);
  });

  it('[F70] fractions are put into tilted and general boxes, whose corner is kept', async () => {
    const tilted = 'xy xz yz pp pp ff\n-1 14 2\n-2 12 1\n-3 7 3';
    const data = await frameOf('a.dump', dump('id xs ys zs', '1 0 0 0\n2 0.5 0.5 0.5', tilted));
    // Corner (-1, -2, -3), edges 12, 11, 10 along their axes.
    expect(rounded(data, 'cell')).toEqual([12, 0, 0, 2, 11, 0, 1, 3, 10]);
    expect(rounded(data, 'info.cell_origin')).toEqual([-1, -2, -3]);
    expect(rounded(data, 'positions')).toEqual([-1, -2, -3, 6.5, 5, 2]);
    expect(rounded(data, 'pbc')).toEqual([1, 1, 0]);
    const general = 'abc origin pp pp pp\n1 2 0 5\n0 3 0 6\n0 0 4 7';
    const other = await frameOf('a.dump', dump('id xsu ysu zsu', '1 0 0 0\n2 1 1 1', general));
    expect(rounded(other, 'positions')).toEqual([5, 6, 7, 6, 11, 11]);
  });

  it('[F70] unwrapped coordinates are taken before wrapped ones, units are converted where they are said', async () => {
    const rows = '1 1 1 1 0.1 0.1 0.1 11 1 1 1 0 0 1 0 0\n2 2 2 2 0.2 0.2 0.2 12 2 2 0 1 0 0 1 0';
    const text = dump('id x y z xs ys zs xu yu zu vx vy vz fx fy fz', rows);
    const metal = await frameOf('a.lammpstrj', text);
    expect(rounded(metal, 'positions')).toEqual([11, 1, 1, 12, 2, 2]);
    expect(rounded(metal, 'velocities')[0]).toBe(0.001);
    expect(rounded(metal, 'forces')[0]).toBe(1);
    const trajectory = await opened('a.lammpstrj', text);
    expect(trajectory.warnings?.().join()).toContain('does not name its units');
    const real = await frameOf('a.lammpstrj', `ITEM: UNITS\nreal\nITEM: TIME\n500\n${text}`);
    expect(rounded(real, 'velocities')[0]).toBe(1);
    expect(rounded(real, 'forces')[0]).toBe(0.04336);
    expect(real.time).toBe(0.5);
    // The units are said once and hold for the frames after.
    const later = await frameOf('a.lammpstrj', `ITEM: UNITS\nreal\n${text}${text}`, 1);
    expect(rounded(later, 'forces')[0]).toBe(0.04336);
    const lj = await frameOf('a.lammpstrj', `ITEM: UNITS\nlj\n${text}`);
    expect(Object.keys(lj)).toEqual(expect.arrayContaining(['arrays.velocity', 'arrays.force']));
    expect(lj.velocities).toBeUndefined();
  });

  it('[F70] elements are those of the column, else of the masses, else unknown', async () => {
    const byMass = await frameOf('a.dump', dump('id mass x y z', '1 15.9994 0 0 0\n2 1.008 1 0 0'));
    expect(rounded(byMass, 'numbers')).toEqual([8, 1]);
    const united = await frameOf('a.dump', dump('id mass x y z', '1 14.027 0 0 0\n2 1 1 0 0'));
    expect(rounded(united, 'numbers')).toEqual([0, 0]);
    const bare = await opened('a.dump', dump('id type x y z', '1 1 0 0 0\n2 6 1 0 0'));
    expect(rounded(await bare.read(0), 'numbers')).toEqual([0, 0]);
    expect(bare.warnings?.().join()).toContain('name the elements');
  });

  it.skipIf(!hasData)(
    `[F70] moving corners, triclinic fractions and missing ids of real dumps${needsData}`,
    async () => {
      const npt = (await openBytes('npt.lammpstrj', readData('generated/npt.lammpstrj'))).trajectory;
      const last = await npt.read(npt.count - 1);
      expect(rounded(last, 'info.cell_origin')).toEqual([3.2698, -0.18649, -7.34995]);
      const albite = await openBytes('a.dump', readData('lammps/albite_triclinic.dump'));
      const frame = await albite.trajectory.read(0);
      expect([...array(frame, 'ids').data].slice(0, 1)).toEqual([43]);
      const lowest = [6.847959, 0.434907, 0.745492];
      lowest.forEach((value, axis) => expect(array(frame, 'positions').data[axis]).toBeCloseTo(value, 4));
      const data = await openBytes('a.data', readData('lammps/albite_triclinic.data'));
      const reference = await data.trajectory.read(0);
      expect(rounded(reference, 'ids')).toEqual(rounded(frame, 'ids'));
      for (const [k, value] of array(reference, 'positions').data.entries()) {
        expect(array(frame, 'positions').data[k]).toBeCloseTo(value, 4);
      }
      expect(new Set(rounded(reference, 'numbers'))).toEqual(new Set([13]));
      const nacl = await openBytes('nacl.lammpstrj', readData('lammps/nacl.lammpstrj'));
      expect(nacl.trajectory.count).toBe(6);
      const salt = await nacl.trajectory.read(0);
      expect(rounded(salt, 'positions').slice(666, 669)).toEqual([14.1005, 0, 8.4603]);
      // Without a name of units: angstrom/ps, as ASE takes them.
      expect(array(salt, 'velocities').data[0]).toBeCloseTo(-0.00000258494, 10);
      // The formula of LAMMPS' manual, corner included.
      const water = (await openBytes('wat.lammpstrj.bz2', readData('lammps/wat.lammpstrj.bz2'))).trajectory;
      let sum = 0;
      for (let index = 0; index < water.count; index += 1) {
        const { data: positions } = array(await water.read(index), 'positions');
        for (let k = 0; k < positions.length; k += 3) sum += positions[k];
      }
      expect(sum).toBeCloseTo(226.76767, 3);
    },
  );

  it('[F70] a dump that goes on writing is read on, units and all', async () => {
    const text = `ITEM: UNITS\nreal\n${dump('id vx vy vz x y z', '1 1 1 1 0 0 0\n2 1 1 1 0 0 0')}`;
    const first = await opened('a.dump', text);
    const { openTrajectory } = await import('../../../src/data/formats/open-trajectory.ts');
    const { memorySource } = await import('../../../src/data/formats/source/memory-source.ts');
    const more = new TextEncoder().encode(text + dump('id vx vy vz x y z', '1 2 2 2 0 0 0\n2 1 1 1 0 0 0'));
    const second = await openTrajectory(memorySource('a.dump', more), { index: first.serialiseIndex() });
    await second.index();
    expect(second.count).toBe(2);
    expect(rounded(await second.read(1), 'velocities')[0]).toBe(2);
    expect(second.warnings?.()).toEqual([expect.stringContaining('no elements and no types')]);
  });
});

describe('LAMMPS data files', () => {
  const file = (atoms: string, style = ''): string =>
    `made for a test # not a style\n\n2 atoms\n1 bonds\n2 atom types\n\n-1 9 xlo xhi\n0 8 ylo yhi\n0 7 zlo zhi\n1 2 3 xy xz yz\n\nMasses\n\n1 12.011 # C\n2 1.0\n\nAtoms${style}\n\n${atoms}\n\nBonds\n\n1 1 5 2\n\nPair Coeffs\n\n1 0.1 3.4\n`;

  it('[F71] styles are named or known by their words; bonds, masses, tilts and images come along', async () => {
    for (const [style, rows] of [
      [' # full', '5 1 2 0.5 1 2 3 0 0 1\n2 1 1 -0.5 4 5 6 0 0 0'],
      ['', '5 1 2 0.5 1 2 3 0 0 1\n2 1 1 -0.5 4 5 6 0 0 0'],
      [' # charge', '5 2 0.5 1 2 3 0 0 1\n2 1 -0.5 4 5 6 0 0 0'],
      ['', '5 2 0.5 1 2 3\n2 1 -0.5 4 5 6'],
    ]) {
      const data = await frameOf('a.lmp', file(rows, style));
      expect(rounded(data, 'positions')).toEqual([4, 5, 6, 1, 2, 3]);
      expect(rounded(data, 'charges')).toEqual([-0.5, 0.5]);
      expect(rounded(data, 'numbers')).toEqual([6, 0]);
      expect(rounded(data, 'masses')).toEqual([12.011, 1]);
      expect(rounded(data, 'bonds')).toEqual([1, 0]);
      expect(rounded(data, 'cell')).toEqual([10, 0, 0, 1, 8, 0, 2, 3, 7]);
      expect(rounded(data, 'info.cell_origin')).toEqual([-1, 0, 0]);
    }
    const molecular = await frameOf('a.data', file('1 7 1 1 2 3\n5 7 2 4 5 6').replace('5 2\n', '5 1\n'));
    expect(rounded(molecular, 'arrays.molecules')).toEqual([7, 7]);
    const labels = await frameOf('a.data', file('2 1 C 0 1 2 3\n5 1 O 0 1 2 3', ' # full'));
    expect(rounded(labels, 'numbers')).toEqual([6, 8]);
    expect(words(labels, 'arrays.types')).toEqual(['C', 'O']);
  });

  it('[F71] a count, a row or a style that does not fit is refused with its line', async () => {
    for (const [text, line, sentence] of [
      [file('5 1 2 0.5 1 2 3'), 20, 'says 2 atoms and the section Atoms has 1'],
      [file('5 1 2 0.5 1 2\n2 1 1 -0.5 4 5 6', ' # full'), 19, 'expected an atom of 7 words'],
      [file('5 1 2 0.5 1 2 3\n5 1 1 -0.5 4 5 6'), 20, 'two atoms have the id 5'],
      [file('5 1 2 0.5 1 2 3\n2 1 1 -0.5 4 5 6', ' # body'), 19, 'atom style "body"'],
      [file('5 1 2 0.5 1 2 3\n2 1 1 -0.5 4 5 6').replace('5 2\n', '5 8\n'), 24, 'expected a bond'],
    ] as const) {
      const error = await refusalOf('a.lmp', text);
      expect(error?.code, sentence).toBe('file/damaged');
      expect(error?.message).toContain(sentence);
      expect(error?.fields, sentence).toMatchObject({ frame: 0, line });
    }
  });
});
