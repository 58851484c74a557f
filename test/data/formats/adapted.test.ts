import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { adaptedReader } from '../../../src/data/formats/adapt/open-adapted.ts';
import { openTrajectory } from '../../../src/data/formats/open-trajectory.ts';
import { memorySource } from '../../../src/data/formats/source/memory-source.ts';
import { isFrameArray, type FrameValue } from '../../../src/protocol/frames.ts';
import { walkXtc, waterGro } from './water-pair.ts';

const TEST_DATA = process.env['COVALENCE_TEST_DATA'] ?? '../shared/data';
const hasData = existsSync(TEST_DATA);

const text = (name: string, content: string) => memorySource(name, new TextEncoder().encode(content));
const valuesOf = (value: FrameValue | undefined): number[] => (isFrameArray(value) ? [...value.data] : []);

/** A trajectory whose first atom walks along x. */
const xtc = (frames: number, atoms = 3) => memorySource('traj.xtc', walkXtc(frames, atoms));

describe('a topology and a trajectory', () => {
  const topology = () => Promise.resolve(text('conf.gro', waterGro()));

  it('[F100] read as one: what the atoms are from the first, where they are from the second', async () => {
    const trajectory = await adaptedReader({ topology })(xtc(3));
    await trajectory.index();
    expect([trajectory.format, trajectory.count]).toEqual(['gro + xtc', 3]);
    const frame = await trajectory.read(2);
    expect(valuesOf(frame.numbers)).toEqual([8, 1, 1]);
    expect(valuesOf(frame.positions)[0]).toBeCloseTo(2, 4);
    expect(Object.keys(frame)).toEqual(expect.arrayContaining(['arrays.atom_names', 'arrays.residue_names', 'time']));
    // The cell is the topology's, since the trajectory has none.
    expect(valuesOf(frame.cell)[0]).toBeCloseTo(20, 4);
    expect(Object.keys(await trajectory.read(1, ['numbers']))).toEqual(['numbers']);
    expect((await trajectory.keys()).map(({ name }) => name)).toContain('numbers');
    expect(trajectory.warnings?.()).toEqual([]);
    await trajectory.close();
  });

  it('[F101] of different numbers of atoms are refused, naming both files and counts', async () => {
    await expect(adaptedReader({ topology })(xtc(1, 4))).rejects.toMatchObject({
      code: 'file/mismatch',
      message: expect.stringMatching(/conf\.gro has 3 atoms, frame 0 of traj\.xtc has 4/) as string,
    });
  });

  it.skipIf(!hasData)(
    `[F100] of GROMACS give every frame its elements${hasData ? '' : ' (skipped: no test data)'}`,
    async () => {
      const file = (name: string) => memorySource(name, readFileSync(join(TEST_DATA, 'gromacs', name)));
      const trajectory = await adaptedReader({ topology: () => Promise.resolve(file('md_1u19.gro')) })(
        file('md_1u19.xtc'),
      );
      await trajectory.index();
      expect(trajectory.count).toBe(51);
      const first = await trajectory.read(0, ['numbers']);
      const last = await trajectory.read(50, ['numbers']);
      expect(valuesOf(last.numbers)).toEqual(valuesOf(first.numbers));
      expect(valuesOf(first.numbers).filter((number) => number === 16)).toHaveLength(26);
    },
  );
});

const DUMP = `ITEM: TIMESTEP
0
ITEM: NUMBER OF ATOMS
3
ITEM: BOX BOUNDS pp pp pp
0 10
0 10
0 10
ITEM: ATOMS id type x y z q
1 1 0 0 0 -0.8
2 2 1 0 0 0.4
3 2 0 1 0 0.4
`;

describe('what a person says of a file', () => {
  it('[F102] elements of types are the elements of the atoms', async () => {
    const trajectory = await adaptedReader({ elements: ['Si', 'o'] })(text('a.lammpstrj', DUMP));
    expect(valuesOf((await trajectory.read(0)).numbers)).toEqual([14, 8, 8]);
    expect(Object.keys(await trajectory.read(0, ['numbers']))).toEqual(['numbers']);
    expect(trajectory.warnings?.().filter((sentence) => sentence.includes('elements'))).toEqual([]);
  });

  it('[F102] an unknown element, or a type without one, is refused', async () => {
    const open = (elements: string[]) => adaptedReader({ elements })(text('a.lammpstrj', DUMP));
    await expect(open(['Si', 'Qq'])).rejects.toMatchObject({ code: 'file/mismatch' });
    await expect(open(['Si'])).rejects.toMatchObject({
      code: 'file/mismatch',
      message: expect.stringMatching(/type 2, and 1 elements/) as string,
    });
  });

  const XYZ = '2\nProperties=species:S:1:pos:R:3:dft_force:R:3 dft_energy=-3.5\nO 0 0 0 1 2 3\nH 1 0 0 4 5 6\n';

  it('[F103] a name that means something is under that name, in frames and scalars', async () => {
    const map = { dft_force: 'forces', dft_energy: 'energy' };
    const trajectory = await adaptedReader({ map })(text('a.xyz', XYZ));
    await trajectory.index();
    const frame = await trajectory.read(0);
    expect(valuesOf(frame.forces)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(frame.energy).toBe(-3.5);
    expect(Object.keys(frame)).not.toContain('arrays.dft_force');
    expect([...trajectory.scalars()['energy']]).toEqual([-3.5]);
    expect(Object.keys(await trajectory.read(0, ['forces']))).toEqual(['forces']);
  });

  it('[F103] a name that is not there, or cannot mean that, is refused', async () => {
    const open = (map: Record<string, string>) => adaptedReader({ map })(text('a.xyz', XYZ));
    await expect(open({ nothing: 'forces' })).rejects.toMatchObject({
      code: 'file/mismatch',
      message: expect.stringMatching(/no "nothing".*arrays\.dft_force/) as string,
    });
    await expect(open({ dft_force: 'energy' })).rejects.toMatchObject({ code: 'file/mismatch' });
    await expect(open({ dft_energy: 'forces' })).rejects.toMatchObject({ code: 'file/mismatch' });
  });

  it('[F103] without anything said a file is what it is', async () => {
    const trajectory = await openTrajectory(text('a.xyz', XYZ));
    expect(Object.keys(await trajectory.read(0))).toContain('arrays.dft_force');
  });
});
