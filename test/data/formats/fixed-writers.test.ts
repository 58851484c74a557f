import { describe, expect, it } from 'vitest';
import { frameArray, stringArray, type FrameData } from '../../../src/protocol/frames.ts';
import { writeGroFrame } from '../../../src/data/formats/write/write-gro.ts';
import { writePdbFrame } from '../../../src/data/formats/write/write-pdb.ts';
import { writePoscarFrame } from '../../../src/data/formats/write/write-poscar.ts';
import { facts, hasData, needsData, openBytes, readData } from './real-data.ts';
import { array, frameOf, rounded, words } from './read-text.ts';

const base = (extra: FrameData = {}): FrameData => ({
  positions: frameArray(Float32Array.of(1, 2, 3, -4.5, 0.001, 12.25), [2, 3]),
  numbers: frameArray(Uint8Array.of(20, 6)),
  cell: frameArray(Float64Array.of(20, 0, 0, 5, 21, 0, 1, 2, 22), [3, 3]),
  pbc: frameArray(Uint8Array.of(1, 1, 1)),
  ...extra,
});

const names: FrameData = {
  'arrays.atom_names': stringArray(['CA', 'CA']),
  'arrays.residue_names': stringArray(['CA', 'ALA']),
  'arrays.residue_numbers': frameArray(Int32Array.of(1, 12_345)),
};

/** Frames of real files under the writers: the widest columns, models, velocities and cells that are in use. */
async function eachRealFrame(pattern: RegExp, see: (path: string, data: FrameData) => Promise<void>): Promise<number> {
  let frames = 0;
  for (const path of Object.keys(facts).filter((name) => pattern.test(name))) {
    if (/bad|odd\/|water100k|adk_oplsaa|truncated/.test(path)) continue;
    const { trajectory } = await openBytes(path, readData(path));
    await see(path, await trajectory.read(trajectory.count - 1));
    frames += 1;
  }
  return frames;
}

describe('writing files of fixed columns', () => {
  it('[F77] GRO: what is written reads back, to the digits of the format', async () => {
    const data = base({
      ...names,
      velocities: frameArray(Float32Array.of(0.001, 0, 0, 0, -0.02, 0), [2, 3]),
      time: 2.5,
      step: 100,
    });
    const back = await frameOf('a.gro', writeGroFrame(data));
    expect(rounded(back, 'positions')).toEqual([1, 2, 3, -4.5, 0, 12.25]);
    expect(rounded(back, 'velocities')).toEqual([0.001, 0, 0, 0, -0.02, 0]);
    expect(rounded(back, 'cell')).toEqual(rounded(data, 'cell'));
    expect([back.time, back.step]).toEqual([2.5, 100]);
    expect(words(back, 'arrays.residue_names')).toEqual(['CA', 'ALA']);
    expect(rounded(back, 'numbers')).toEqual([20, 6]);
    const wide = await frameOf(
      'a.gro',
      writeGroFrame(base({ positions: frameArray(Float64Array.of(-123456.78, 0, 0, 1, 2, 3), [2, 3]) })),
    );
    expect(rounded(wide, 'positions')[0]).toBe(-123456.78125);
  });

  it('[F77] PDB: models, turned cells, names, hybrid-36, bonds', async () => {
    const data = base({
      ...names,
      bonds: frameArray(Int32Array.of(1, 0), [1, 2]),
      'arrays.chain_ids': stringArray(['A', 'B']),
    });
    const text = writePdbFrame(data, 1) + writePdbFrame(data, 2);
    const back = await frameOf('a.pdb', text, 1);
    expect(rounded(back, 'positions')).toEqual([1, 2, 3, -4.5, 0.001, 12.25]);
    expect(rounded(back, 'numbers')).toEqual([20, 6]);
    expect(rounded(back, 'arrays.residue_numbers')).toEqual([1, 12_345]);
    expect(rounded(back, 'bonds')).toEqual([0, 1]);
    expect(back['info.model']).toBe(2);
    array(back, 'cell').data.forEach((part, k) => expect(part).toBeCloseTo(array(data, 'cell').data[k], 1));
    // A cell that stands otherwise is turned with its atoms: distances and fractions stay.
    const other = base({ cell: frameArray(Float64Array.of(0, 0, 10, 10, 0, 0, 0, 10, 0), [3, 3]) });
    const turned = await frameOf('a.pdb', writePdbFrame(other, 1));
    expect(rounded(turned, 'cell')).toEqual([10, 0, 0, 0, 10, 0, 0, 0, 10]);
    expect(rounded(turned, 'positions').slice(0, 3)).toEqual([3, 1, 2]);
    const many = {
      positions: frameArray(new Float32Array(300_003), [100_001, 3]),
      numbers: frameArray(new Uint8Array(100_001).fill(6)),
    };
    const lines = writePdbFrame(many, 1).split('\n');
    expect(lines[100_000].slice(6, 11)).toBe('A0000');
    expect((await frameOf('a.pdb', lines.join('\n'))).positions).toMatchObject({ shape: [100_001, 3] });
  });

  it('[F77] POSCAR: order of atoms, fixed atoms, velocities; every double to the bit', async () => {
    const data = base({
      positions: frameArray(Float64Array.of(0.1, 1 / 3, 2e-7, -1, 2, 3.000000000000001), [2, 3]),
      'arrays.move_mask': frameArray(Uint8Array.of(1, 0, 1, 1, 1, 1), [2, 3]),
      velocities: frameArray(Float64Array.of(1e-5, 0, 0, 0, 0, 0), [2, 3]),
      'info.comment': 'two\natoms',
    });
    const back = await frameOf('POSCAR', writePoscarFrame(data));
    expect(array(back, 'positions').data).toEqual(array(data, 'positions').data);
    expect(array(back, 'cell').data).toEqual(array(data, 'cell').data);
    expect(array(back, 'velocities').data).toEqual(array(data, 'velocities').data);
    expect(rounded(back, 'arrays.move_mask')).toEqual([1, 0, 1, 1, 1, 1]);
    expect(back['info.comment']).toBe('two atoms');
  });

  it('[F77] what a format cannot hold is refused with what it is', () => {
    const { cell: _, ...free } = base();
    expect(() => writePoscarFrame(free)).toThrow(expect.objectContaining({ code: 'file/unwritable' }));
    expect(() => writePoscarFrame(free)).toThrow('as POSCAR: it has no cell');
    const far = base({ positions: frameArray(Float32Array.of(1e5, 0, 0, 0, 0, 0), [2, 3]) });
    expect(() => writePdbFrame({ ...far, cell: 0 }, 1)).toThrow('does not fit its 8 columns');
    const bad = base({ positions: frameArray(Float32Array.of(0, Number.NaN, 0, 0, 0, 0), [2, 3]) });
    for (const write of [writeGroFrame, writePoscarFrame, (data: FrameData) => writePdbFrame(data, 1)]) {
      expect(() => write(bad)).toThrow('coordinate y of atom 0 is NaN');
      expect(() => write({})).toThrow('it has no positions');
    }
  });

  it.skipIf(!hasData)(
    `[F77] real files are written and read back to the digits of the format${needsData}`,
    async () => {
      const near = (path: string, from: FrameData, to: FrameData, key: string, tolerance: number): void => {
        const [a, b] = [array(from, key).data, array(to, key).data];
        expect(b.length, path).toBe(a.length);
        for (let k = 0; k < a.length; k += 1)
          if (!(Math.abs(a[k] - b[k]) <= tolerance)) expect(b[k], `${path} ${key} ${k}`).toBe(a[k]);
      };
      const gro = await eachRealFrame(/\.gro$/, async (path, data) => {
        const back = await frameOf('a.gro', writeGroFrame(data));
        near(path, data, back, 'positions', 0.0051);
        near(path, data, back, 'numbers', 0);
        expect(words(back, 'arrays.atom_names'), path).toEqual(words(data, 'arrays.atom_names'));
      });
      const pdb = await eachRealFrame(/\.pdb(\.gz)?$/, async (path, data) => {
        const back = await frameOf('a.pdb', writePdbFrame(data, 1));
        near(path, data, back, 'positions', 0.00051);
        near(path, data, back, 'numbers', 0);
        near(path, data, back, 'arrays.residue_numbers', 0);
        expect(words(back, 'arrays.atom_names'), path).toEqual(words(data, 'arrays.atom_names'));
      });
      const vasp = await eachRealFrame(/poscar$|XDATCAR/, async (path, data) => {
        const back = await frameOf('POSCAR', writePoscarFrame(data));
        near(path, data, back, 'positions', 0);
        near(path, data, back, 'numbers', 0);
      });
      process.stdout.write(`written and read back: ${gro} GRO, ${pdb} PDB, ${vasp} VASP files\n`);
      expect([gro > 4, pdb > 4, vasp > 3]).toEqual([true, true, true]);
    },
  );
});
