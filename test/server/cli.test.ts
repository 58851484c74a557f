import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTrajectory } from '../../src/data/formats/open-trajectory.ts';
import { memorySource } from '../../src/data/formats/source/memory-source.ts';
import { openRoom } from '../../src/room/open-room.ts';
import { convertFile } from '../../src/server/cli/convert-file.ts';
import { describeFiles } from '../../src/server/cli/describe-files.ts';
import { framesIn, frameSlice } from '../../src/server/cli/frame-slice.ts';
import { pairFiles } from '../../src/server/cli/pair-files.ts';
import { createServer } from '../../src/server/server.ts';
import { walkXtc, waterGro } from '../data/formats/water-pair.ts';

let directory: string;
const at = (name: string): string => join(directory, name);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'covalence-cli-'));
  await writeFile(at('conf.gro'), waterGro());
  await writeFile(at('pair.xyz'), '2\n\nO 0 0 0\nO 1 0 0\n');
  await writeFile(at('traj.xtc'), walkXtc(4));
  await writeFile(at('more.xtc'), walkXtc(1));
});
afterAll(() => rm(directory, { recursive: true }));

const paired = async (...names: string[]): Promise<(string | undefined)[][]> =>
  (await pairFiles(names.map(at), {})).map(({ path, reading }) =>
    [path, reading.topology].map((each) => each?.slice(directory.length + 1)),
  );

describe('files on the command line', () => {
  it('[F104] a trajectory takes the topology beside it, which is then no room of its own', async () => {
    expect(await paired('conf.gro', 'traj.xtc')).toEqual([['traj.xtc', 'conf.gro']]);
    expect(await paired('traj.xtc', 'pair.xyz', 'conf.gro')).toEqual([
      ['traj.xtc', 'conf.gro'],
      ['pair.xyz', undefined],
    ]);
    expect(await paired('conf.gro', 'traj.xtc', 'more.xtc')).toEqual([
      ['traj.xtc', 'conf.gro'],
      ['more.xtc', 'conf.gro'],
    ]);
    expect(await paired('traj.xtc')).toEqual([['traj.xtc', undefined]]);
    expect(await paired('conf.gro', 'pair.xyz')).toEqual([
      ['conf.gro', undefined],
      ['pair.xyz', undefined],
    ]);
    await expect(pairFiles([at('pair.xyz'), at('traj.xtc')], {})).rejects.toMatchObject({ code: 'file/mismatch' });
  });

  it('[F105] the topology is remembered with the room, and a changed one is refused', async () => {
    const dataDirectory = at('data');
    await writeFile(at('top.gro'), waterGro('one'));
    const numbersOf = async (reading?: { topology: string }): Promise<unknown> => {
      const server = await createServer({ port: 0, dataDirectory });
      try {
        await server.listen();
        const name = await server.openFile(at('traj.xtc'), undefined, reading);
        await using room = await openRoom(server.link(name));
        const { numbers } = (await room.frames.read(3, { data: ['numbers'] })).data;
        return typeof numbers === 'object' ? [...numbers.data] : numbers;
      } finally {
        await server.close();
      }
    };
    expect(await numbersOf({ topology: at('top.gro') })).toEqual([8, 1, 1]);
    expect(await numbersOf()).toEqual([8, 1, 1]);
    await writeFile(at('top.gro'), waterGro('another title'));
    await expect(numbersOf()).rejects.toMatchObject({ code: 'file/changed' });
    expect(await numbersOf({ topology: at('top.gro') })).toEqual([8, 1, 1]);
  });

  it('[F106] info says format, frames, atoms, cell, time, keys with type, shape and unit, and what to know', async () => {
    const lines: string[] = [];
    await describeFiles([at('conf.gro'), at('traj.xtc')], {}, (line) => lines.push(line));
    const said = lines.join('\n');
    expect(said).toMatch(/traj\.xtc with conf\.gro: gro \+ xtc, 4 frames/);
    expect(said).toMatch(/3 atoms in the first frame, H2 O/);
    expect(said).toMatch(/cell 20\.000 × 20\.000 × 20\.000 Å, 90\.00°/);
    expect(said).toMatch(/time 0 ps to 3 ps/);
    expect(said).toMatch(/positions +<f4 \(N, 3\) +angstrom, in the file nm/);
    expect(said).not.toMatch(/note:/);
    const alone: string[] = [];
    await describeFiles([at('traj.xtc')], {}, (line) => alone.push(line));
    expect(alone.join('\n')).toMatch(/note: .*no elements/);
  });
});

describe('covalence convert', () => {
  const convert = async (output: string, frames?: string, isOverwriting = false): Promise<string> => {
    let said = '';
    await convertFile(
      {
        files: [at('conf.gro'), at('traj.xtc')],
        output: at(output),
        reading: {},
        frames: frames === undefined ? undefined : frameSlice(frames),
        isOverwriting,
      },
      { write: (piece) => (said += piece) },
    );
    return said;
  };

  it.each([
    ['out.xyz', undefined, 4],
    ['out.pdb', '1:3', 2],
    ['out.gro', '::2', 2],
    ['out.xtc', '-2:', 2],
    ['POSCAR', undefined, 1],
  ])('[F107] writes %s with frames %s, and it reads back', async (name, frames, count) => {
    expect(await convert(name, frames)).toBe(`Wrote ${at(name)}\n`);
    const back = await openTrajectory(memorySource(name, await readFile(at(name))));
    await back.index();
    expect(back.count).toBe(count);
    const { numbers, positions } = await back.read(count - 1);
    const last = frames === '1:3' || frames === '::2' ? 2 : 3;
    expect(typeof positions === 'object' && positions.data[0]).toBeCloseTo(last, 2);
    if (name === 'out.xtc') expect(numbers).toBeUndefined();
    else expect(typeof numbers === 'object' && [...numbers.data]).toEqual([8, 1, 1]);
  });

  it('[F107] writes a Zarr folder', async () => {
    await convert('out.zarr');
    expect(await readdir(at('out.zarr'))).toEqual(expect.arrayContaining(['zarr.json']));
  });

  it('[F108] refuses a name without format, a file that is there, no frames, and leaves nothing half written', async () => {
    await expect(convert('out.doc')).rejects.toMatchObject({ code: 'command/invalid' });
    await writeFile(at('there.xyz'), 'mine');
    await expect(convert('there.xyz')).rejects.toMatchObject({ code: 'command/invalid' });
    expect(await readFile(at('there.xyz'), 'utf8')).toBe('mine');
    await expect(convert('none.xyz', '9:')).rejects.toMatchObject({ code: 'command/invalid' });
    await expect(convert('CONTCAR', '0:2')).rejects.toMatchObject({ code: 'command/invalid' });
    await convert('there.xyz', '0', true);
    expect((await readFile(at('there.xyz'), 'utf8')).startsWith('3\n')).toBe(true);
    expect((await readdir(directory)).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it('[F108] a frame that the format cannot hold is named', async () => {
    await writeFile(at('far.xyz'), '1\n\nO 0 0 0\n1\n\nO 1e9 0 0\n');
    await expect(
      convertFile(
        { files: [at('far.xyz')], output: at('far.pdb'), reading: {}, frames: undefined, isOverwriting: false },
        { write: () => undefined },
      ),
    ).rejects.toMatchObject({ code: 'file/unwritable', message: expect.stringContaining('Frame 1') as string });
    expect(await readdir(directory)).not.toContain('far.pdb');
  });

  it('[F107] ranges count as in Python', () => {
    const chosen = (text: string, count: number): number[] => [...framesIn(frameSlice(text), count)];
    expect(chosen('2', 5)).toEqual([2]);
    expect(chosen('-1', 5)).toEqual([4]);
    expect(chosen('1:3', 5)).toEqual([1, 2]);
    expect(chosen(':2', 5)).toEqual([0, 1]);
    expect(chosen('-2:', 5)).toEqual([3, 4]);
    expect(chosen('::2', 5)).toEqual([0, 2, 4]);
    expect(chosen('7', 5)).toEqual([]);
    for (const wrong of ['', 'a', '1:2:3:4', '::0', '::-1', '1.5']) expect(() => frameSlice(wrong)).toThrow('--frames');
  });

  it('[F107] is a command of the built program', async () => {
    const said = await new Promise<string>((resolve) => {
      execFile(process.execPath, ['dist/server/cli/main.js', 'convert', at('conf.gro')], (_error, _out, stderr) =>
        resolve(stderr),
      );
    });
    expect(said).toMatch(/needs a file to read and a file to write.*command\/invalid/);
  });
});
