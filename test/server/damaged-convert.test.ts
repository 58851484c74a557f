import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTrajectory } from '../../src/data/formats/open-trajectory.ts';
import { memorySource } from '../../src/data/formats/source/memory-source.ts';
import { convertFile } from '../../src/server/cli/convert-file.ts';
import { frameSlice } from '../../src/server/cli/frame-slice.ts';

let directory: string;
const at = (name: string): string => join(directory, name);
const FRAME = '1\n\nAr 0 0 0\n';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'covalence-cut-'));
  await writeFile(at('cut.xyz'), `${FRAME.repeat(3)}2\n\nAr 0 0 0\n`);
});
afterAll(() => rm(directory, { recursive: true }));

const convert = async (output: string, frames?: string): Promise<string> => {
  let said = '';
  const asked = frames === undefined ? undefined : frameSlice(frames);
  await convertFile(
    { files: [at('cut.xyz')], output: at(output), reading: {}, frames: asked, isOverwriting: false },
    { write: (piece) => (said += piece) },
  );
  return said;
};

describe('converting a damaged file', () => {
  it('[F111] frames before the damage are converted with a note', async () => {
    expect(await convert('three.xyz', ':3')).toMatch(/^Note: cut\.xyz, frame 3, .*\nWrote /);
    expect((await readFile(at('three.xyz'), 'utf8')).match(/Ar/g)).toHaveLength(3);
    expect(await convert('last.gro', '2')).toContain('Note: ');
  });

  it('[F111] frames that the damage may hold are refused, with the option that works', async () => {
    for (const [frames, way] of [
      [undefined, ' --frames :3 takes the 3 before the damage.'],
      [':4', ' --frames :3 takes'],
      ['1:', ' --frames :3 takes'],
      ['-1', ' --frames :3 takes'],
      ['3', ' --frames :3 takes'],
    ] as const) {
      await expect(convert('none.xyz', frames), String(frames)).rejects.toMatchObject({
        code: 'file/damaged',
        message: expect.stringContaining(way) as string,
      });
    }
    await expect(convert('CONTCAR')).rejects.toThrow('--frames 2 takes the last');
    expect(await readdir(directory)).not.toContain('none.xyz');
  });
});

const open = (name: string, text: string): ReturnType<typeof openTrajectory> =>
  openTrajectory(memorySource(name, new TextEncoder().encode(text)));

const told = async (name: string, text: string): Promise<string> => {
  const trajectory = await open(name, text);
  await trajectory.index();
  await trajectory.read(0);
  return (trajectory.warnings?.() ?? []).join('\n');
};

describe('what a reader says', () => {
  it('[F112] damage of the first frame says what to do, and quotes without control characters', async () => {
    const bad = await open('bad.xyz', '1\n\nAr 0\u0001\u0002x 0 0\n');
    await expect(bad.read(0)).rejects.toThrow(/line 3: .*"Ar 0 x 0 0".* Mend this line, or write the file again\.$/);
    const later = await open('cut.xyz', `${FRAME}1\n\nAr 0 0\n`);
    await later.index().catch(() => undefined);
    await expect(later.read(1)).rejects.toThrow(/The frames before it can be read\.$/);
  });

  it('[F113] a topology without coordinates says what to give instead', async () => {
    for (const name of ['a.psf', 'a.prmtop', 'a.top', 'a.parm7']) {
      const refused = open(name, 'PSF\tCMAP\n\n  6 !NTITLE');
      await expect(refused).rejects.toMatchObject({ code: 'file/unknown-format' });
      await expect(refused).rejects.toThrow(
        /"PSF CMAP 6 !NTITLE".* give a PDB or GRO file of the same atoms instead\.$/,
      );
    }
    await expect(open('a.odd', 'what is this')).rejects.toThrow(/Known are extxyz, .*\.$/);
  });

  it('[F115] a LAMMPS data file of numbered types without masses is told of, with the way to name them', async () => {
    const data = (masses: string): string =>
      `made by a program\n\n2 atoms\n2 atom types\n0 9 xlo xhi\n0 9 ylo yhi\n0 9 zlo zhi\n\n${masses}Atoms # atomic\n\n1 1 1 2 3\n2 2 4 5 6\n`;
    expect(await told('a.data', data(''))).toBe(
      'a.data: its atoms have types and no elements, so they are coloured by type; name the elements of types 1, 2 ... with --elements Si,O (in a program: `elements`).',
    );
    expect(await told('a.data', data('Masses\n\n1 28.085\n2 15.999\n\n'))).toBe('');
  });

  it('[F114] a dump without elements and species that are none are told once, with the way to name them', async () => {
    const dump = (columns: string, atom: string): string =>
      `ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n1\nITEM: BOX BOUNDS pp pp pp\n0 9\n0 9\n0 9\nITEM: ATOMS ${columns}\n${atom}\n`;
    expect(await told('typed.dump', dump('id type x y z', '1 1 0 0 0'))).toMatch(/no elements.*--elements Si,O/);
    expect(await told('bare.dump', dump('id x y z', '1 0 0 0'))).toMatch(/no elements and no types.*--elements/);
    expect(await told('named.dump', dump('id element x y z', '1 Si 0 0 0'))).toBe('');
    const odd = await told('odd.xyz', '3\n\nQq 0 0 0\nQq 1 0 0\nX 2 0 0\n');
    expect(odd).toMatch(/^odd\.xyz: "Qq" is no element that is known[^\n]*$/);
    expect(await told('plain.xyz', FRAME)).toBe('');
  });
});
