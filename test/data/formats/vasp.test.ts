import { describe, expect, it } from 'vitest';
import { openTrajectory } from '../../../src/data/formats/open-trajectory.ts';
import { memorySource } from '../../../src/data/formats/source/memory-source.ts';
import { array, frameOf, opened, refusalOf, rounded, words } from './read-text.ts';

const LATTICE = '2 0 0\n0 3 0\n0 0 4\n';

describe('POSCAR', () => {
  it('[F72] VASP 5: Direct and Cartesian, selective dynamics, velocities', async () => {
    const direct = await frameOf('POSCAR', `salt\n1.0\n${LATTICE}Na Cl\n1 1\nDirect\n0 0 0\n0.5 0.5 0.5\n`);
    expect(rounded(direct, 'positions')).toEqual([0, 0, 0, 1, 1.5, 2]);
    expect(rounded(direct, 'numbers')).toEqual([11, 17]);
    expect(rounded(direct, 'pbc')).toEqual([1, 1, 1]);
    const cartesian = await frameOf(
      'CONTCAR',
      `salt\n2.0\n${LATTICE}Na Cl\n1 1\nSelective dynamics\nCartesian\n0 0 0 T F T\n0.5 0.5 0.5 .FALSE. .TRUE. F\n\n0.1 0.2 0.3\n0 0 0\n`,
    );
    expect(rounded(cartesian, 'positions')).toEqual([0, 0, 0, 1, 1, 1]);
    expect(rounded(cartesian, 'cell')).toEqual([4, 0, 0, 0, 6, 0, 0, 0, 8]);
    expect(rounded(cartesian, 'arrays.move_mask')).toEqual([1, 0, 1, 0, 1, 0]);
    expect(rounded(cartesian, 'velocities')).toEqual([0.1, 0.2, 0.3, 0, 0, 0]);
  });

  it('[F72] a negative scale is the volume, three are those of the directions', async () => {
    const volume = await frameOf('a.vasp', `x\n-192\n${LATTICE}Fe\n1\nCart\n1 1 1\n`);
    expect(rounded(volume, 'cell')).toEqual([4, 0, 0, 0, 6, 0, 0, 0, 8]);
    expect(rounded(volume, 'positions')).toEqual([2, 2, 2]);
    const three = await frameOf('a.vasp', `x\n1 2 3\n${LATTICE}Fe\n1\nCart\n1 1 1\n`);
    expect(rounded(three, 'cell')).toEqual([2, 0, 0, 0, 6, 0, 0, 0, 12]);
    expect(rounded(three, 'positions')).toEqual([1, 2, 3]);
  });

  it('[F72] VASP 4: species of the comment or behind the atoms, else types and a warning', async () => {
    const atoms = 'Direct\n0 0 0\n0.1 0 0\n0.2 0 0\n';
    for (const comment of ['Ti O', '# Ti1 O2', 'Rutile TiO2']) {
      expect(rounded(await frameOf('a.poscar', `${comment}\n1\n${LATTICE}1 2\n${atoms}`), 'numbers')).toEqual([
        22, 8, 8,
      ]);
    }
    const behind = await frameOf('a.poscar', `x\n1\n${LATTICE}1 1\nDirect\n0 0 0 Ga\n0 0 0 As\n`);
    expect(rounded(behind, 'numbers')).toEqual([31, 33]);
    const unknown = await frameOf('a.poscar', `nobody knows\n1\n${LATTICE}1 2\n${atoms}`);
    expect(rounded(unknown, 'numbers')).toEqual([0, 0, 0]);
    expect(rounded(unknown, 'arrays.types')).toEqual([1, 2, 2]);
    const potentials = await frameOf('a.poscar', `x\n1\n${LATTICE}Fe_pv O/1a2b\n1 2\n${atoms}`);
    expect(rounded(potentials, 'numbers')).toEqual([26, 8, 8]);
    expect(words(potentials, 'arrays.symbols')).toEqual(['Fe_pv', 'O', 'O']);
  });

  it('[F72] what stands behind the atoms of a charge density is left aside', async () => {
    const text = `x\n1\n${LATTICE}Fe\n1\nDirect\n0 0 0\n\n 2 2 2\n 1 2 3 4 5\n 6 7 8\n`;
    expect(Object.keys(await frameOf('CHGCAR', text))).not.toContain('velocities');
  });

  it('[F72] what is missing or wrong is refused with its line', async () => {
    for (const [text, line, sentence] of [
      [`x\n1\n${LATTICE}Fe\n3\nDirect\n0 0 0\n0 0 0\n`, 11, 'ends before atom 3 of 3'],
      [`x\n1\n${LATTICE}Fe O\n1 2 3\nDirect\n`, 7, '2 species are named and 3'],
      [`x\n0\n${LATTICE}Fe\n1\nDirect\n0 0 0\n`, 5, 'make no cell'],
      [`x\n1\n${LATTICE}Fe\n1\n0 0 0\n`, 8, 'expected Direct or Cartesian'],
      [`x\n1\n${LATTICE}Fe\n1\nSel\nDirect\n0 0 0 1 1 1\n`, 10, 'expected T or F'],
      [`x\n1\n${LATTICE}Fe\n1\nDirect\n0 zero 0\n`, 9, '3 numbers, found "0 zero 0"'],
    ] as const) {
      const error = await refusalOf('a.poscar', text);
      expect(error?.message, sentence).toContain(sentence);
      expect(error?.fields, sentence).toMatchObject({ frame: 0, line });
    }
  });
});

describe('XDATCAR', () => {
  const header = (a: number): string => `run\n1\n${a} 0 0\n0 ${a} 0\n0 0 ${a}\nAr\n2\n`;
  const frame = (k: number, x: number): string => `Direct configuration= ${k}\n0 0 0\n${x} 0 0\n`;

  it('[F73] a fixed cell stands once, a variable one before each frame, put together files have several', async () => {
    const fixed = await opened('XDATCAR', header(10) + frame(1, 0.1) + frame(2, 0.2) + frame(3, 0.3));
    expect([fixed.format, fixed.count]).toEqual(['xdatcar', 3]);
    expect(rounded(await fixed.read(2), 'positions')[3]).toBe(3);
    expect(fixed.scalars().step).toEqual(Float64Array.of(1, 2, 3));
    const variable = await opened('XDATCAR', [1, 2, 3].map((k) => header(10 * k) + frame(k, 0.5)).join(''));
    expect(variable.count).toBe(3);
    for (let k = 0; k < 3; k += 1) expect(rounded(await variable.read(k), 'positions')[3]).toBe(5 * (k + 1));
    const joined = await opened(
      'XDATCAR',
      header(10) + frame(1, 0.5) + frame(2, 0.5) + header(20) + frame(1, 0.5) + frame(2, 0.5),
    );
    const seen = await Promise.all([0, 1, 2, 3].map(async (k) => array(await joined.read(k), 'positions').data[3]));
    expect(seen).toEqual([5, 5, 10, 10]);
  });

  it('[F73] a run that goes on is read on from the last frame', async () => {
    const text = header(10) + frame(1, 0.1);
    const first = await opened('XDATCAR', text);
    const grown = new TextEncoder().encode(text + frame(2, 0.2) + frame(3, 0.3));
    const second = await openTrajectory(memorySource('XDATCAR', grown), { index: first.serialiseIndex() });
    await second.index();
    expect(second.count).toBe(3);
    expect(rounded(await second.read(2), 'positions')[3]).toBe(3);
  });

  it('[F73] a frame that is cut off or too long is refused with its line', async () => {
    for (const [text, frames, line] of [
      [header(10) + frame(1, 0.1) + 'Direct configuration= 2\n0 0 0\n', 1, 13],
      [header(10) + frame(1, 0.1) + '0 0 0\n0 0 0\n', 1, 13],
      [header(10) + 'Direct configuration= 1\n0 0 0\n\n', 0, 10],
    ] as const) {
      const error = await refusalOf('XDATCAR', text);
      expect(error?.code).toBe('file/damaged');
      expect(error?.fields).toMatchObject({ frame: frames, line });
    }
  });
});
