import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeFiles } from '../../src/server/cli/describe-files.ts';
import { walkXtc, waterGro } from '../data/formats/water-pair.ts';

const MAIN = 'dist/server/cli/main.js';
let directory: string;
const at = (name: string): string => join(directory, name);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'covalence-awkward-'));
  await writeFile(at('pair.xyz'), '2\n\nO 0 0 0\nO 1 0 0\n');
  await writeFile(at('one.xyz'), '1\n\nAr 0 0 0\n');
  await writeFile(at('bad.xyz'), '1\nProperties=species:S:1:pos:R:3:forces:R:3\nO 0 0 0 1\n');
  await writeFile(at('conf.gro'), waterGro());
  await writeFile(at('traj.xtc'), walkXtc(2));
  await writeFile(at('long.xyz'), '1\n\nAr 0 0 0\n'.repeat(3));
});
afterAll(() => rm(directory, { recursive: true }));

/** What the built program says when it ends by itself. */
const said = (...words: string[]): Promise<{ code: unknown; out: string; err: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...words], (error, out, err) => resolve({ code: error?.code ?? 0, out, err }));
  });

/** What the built server says until it serves. */
async function served(...files: string[]): Promise<string> {
  const child = spawn(process.execPath, [MAIN, ...files.map(at), '--port', '0', '--memory'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const gone = once(child, 'exit');
  await new Promise<void>((resolve) => {
    const hear = (chunk: Buffer): void => {
      text += chunk.toString();
      if (text.includes('Ctrl-C')) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', resolve);
  });
  child.kill('SIGTERM');
  await gone;
  return text;
}

describe('one awkward file among others', () => {
  it('[V331] a trajectory beside a file of other atoms is opened alone, with a sentence that names --topology', async () => {
    const text = await served('pair.xyz', 'traj.xtc', 'one.xyz');
    expect(text).toMatch(/traj\.xtc has 3 atoms .*pair\.xyz has 2.*do not belong together.*alone.*--topology/);
    for (const file of ['pair.xyz: 1 frame', 'traj.xtc: 2 frames', 'one.xyz: 1 frame']) expect(text).toContain(file);
    expect(text).toContain('Covalence is running');
  });

  it('[V331] a topology that the person named and that does not fit stays an error', async () => {
    const { code, err } = await said(at('traj.xtc'), at('one.xyz'), '--topology', at('pair.xyz'), '--memory');
    expect(err).toMatch(/do not belong together.*file\/mismatch/);
    expect(code).toBe(1);
  });

  it('[V332] a file that cannot be opened is named and the others are served', async () => {
    const text = await served('bad.xyz', 'nosuch.xyz', 'one.xyz');
    expect(text).toMatch(/not opened: bad\.xyz, frame 0, line 3: .*file\/damaged/);
    expect(text).toMatch(/not opened: .*nosuch\.xyz.*no such file.*file\/not-found/);
    expect(text).toMatch(/one\.xyz: 1 frame/);
    expect(text).toContain('/r/one');
    const none = await said(at('bad.xyz'), at('nosuch.xyz'), '--port', '0', '--memory');
    expect(none.code).toBe(1);
    for (const file of ['bad.xyz', 'nosuch.xyz']) expect(none.err).toContain(file);
  });

  it('[V332] info names it too and describes the others', async () => {
    const lines: string[] = [];
    const files = ['bad.xyz', 'pair.xyz', 'traj.xtc', 'one.xyz'].map(at);
    await describeFiles(files, {}, (line) => lines.push(line));
    const text = lines.join('\n');
    expect(text).toMatch(/note: not opened: bad\.xyz/);
    expect(text).toMatch(/traj\.xtc has 3 atoms .*--topology/);
    expect(text).toMatch(/traj\.xtc: xtc, 2 frames/);
    expect(text).toMatch(/ {2}1 atom in the first frame, Ar$/m);
    await expect(describeFiles([at('bad.xyz'), at('nosuch.xyz')], {}, () => undefined)).rejects.toMatchObject({
      code: 'file/not-found',
    });
  });

  it('[V333] a missing file is said before a port is taken or a folder made', async () => {
    const data = at('data');
    const { code, err } = await said(at('nosuch.xyz'), '--data', data, '--port', '1');
    expect(err).toMatch(/nosuch\.xyz" cannot be opened: there is no such file/);
    expect(code).toBe(1);
    expect(await readdir(directory)).not.toContain('data');
  });

  it('[V360] a folder is called one, with what to name instead; a Zarr store says where it is read', async () => {
    const folder = await said(directory, '--port', '0', '--memory');
    expect(folder).toMatchObject({
      code: 1,
      err: expect.stringContaining(`it is a folder. Name the files in it`) as unknown,
    });
    await mkdir(at('run.zarr'));
    const store = await said('info', at('run.zarr'));
    expect(store).toMatchObject({ code: 1, err: expect.stringContaining('<co-viewer src=') as unknown });
  });

  it('[V333] a room that is not there is told with the folder that was looked in', async () => {
    await served('one.xyz');
    const data = at('kept');
    const child = spawn(process.execPath, [MAIN, at('one.xyz'), '--port', '0', '--data', data]);
    const gone = once(child, 'exit');
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => chunk.toString().includes('Ctrl-C') && resolve());
      child.once('exit', resolve);
    });
    child.kill('SIGTERM');
    await gone;
    const { err } = await said('export', 'nosuch', '--data', data);
    expect(err).toContain(`There is no room "nosuch" in "${data}"`);
    expect(err).toContain('--data');
  });

  it('[V334] whoever reads the output may go before its end', async () => {
    const many = Array.from({ length: 300 }, () => at('one.xyz'));
    const child = spawn(process.execPath, [MAIN, 'info', ...many], { stdio: ['ignore', 'pipe', 'pipe'] });
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.stdout.once('data', () => child.stdout.destroy());
    const [code] = (await once(child, 'exit')) as [number | null];
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });
});
