import { execFileSync } from 'node:child_process';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { frameArray } from '../../../src/protocol/frames.ts';
import { exportRoom } from '../../../src/server/cli/export-room.ts';
import { createServer } from '../../../src/server/server.ts';
import { createDataRooms, fileRoomStorage } from '../../../src/server/data/index.ts';
import { water } from './channel-fixture.ts';
import { scratchDirectory } from './store-fixture.ts';

/** A Python that has zarr, if there is one. */
const python = ['python3', '/usr/bin/python3'].find((program) => {
  try {
    execFileSync(program, ['-c', 'import zarr, numpy'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

function sink(): Writable & { text(): string } {
  const pieces: Buffer[] = [];
  const stream = new Writable({
    write(piece: Buffer, _encoding, done) {
      pieces.push(Buffer.from(piece));
      done();
    },
  });
  return Object.assign(stream, { text: () => Buffer.concat(pieces).toString() });
}

/** A data directory with the room `water`: three frames of 3, 1 and 3 atoms. */
async function filled(): Promise<string> {
  const directory = await scratchDirectory();
  const rooms = createDataRooms({ storage: await fileRoomStorage({ directory: join(directory, 'frames') }) });
  const room = await rooms.create('water');
  const atom = {
    numbers: frameArray(Uint8Array.of(18)),
    positions: frameArray(Float32Array.of(1, 2, 3), [1, 3]),
    energy: 5,
  };
  await room.commit([{ op: 'insert', frames: [water(0, 1), atom, water(2, 3)] }]);
  await rooms.close();
  return directory;
}

const asked = (dataDirectory: string, output: string | undefined, format: string, room = 'water') => ({
  room,
  format,
  output,
  dataDirectory,
  isOverwriting: false,
});

test('[D111] a room of a data directory is written as a file or to the standard output', async () => {
  const directory = await filled();
  const [stdout, stderr] = [sink(), sink()];
  await exportRoom(asked(directory, undefined, 'extxyz'), stdout, stderr);
  expect(
    stdout
      .text()
      .split('\n')
      .filter((line) => /^\d+$/.test(line)),
  ).toEqual(['3', '1', '3']);
  expect(stderr.text()).toBe('');
  const target = join(directory, 'out.xyz');
  await exportRoom(asked(directory, target, 'extxyz'), stdout, stderr);
  expect(await readFile(target, 'utf8')).toBe(stdout.text());
  expect(stderr.text()).toContain(target);
});

test('[D111] a room of a running server is written by its link, with its token', async () => {
  const directory = await filled();
  const server = await createServer({ port: 0, dataDirectory: directory, token: 'secret' });
  onTestFinished(() => server.close());
  await server.listen();
  const [stdout, stderr] = [sink(), sink()];
  await exportRoom(asked('/nowhere', undefined, 'extxyz', server.link('water')), stdout, stderr);
  expect(stdout.text()).toMatch(/^3\n.*energy=1/);
  const target = join(directory, 'water.zarr');
  await exportRoom(asked('/nowhere', target, 'zarr', server.link('water')), stdout, stderr);
  expect(await readdir(target)).toEqual(expect.arrayContaining(['zarr.json', '.zmetadata', 'particles']));
  await expect(
    exportRoom(asked('/nowhere', undefined, 'extxyz', `${server.url}/r/water`), stdout, stderr),
  ).rejects.toMatchObject({ code: 'auth/required' });
  await expect(exportRoom(asked(directory, undefined, 'extxyz'), stdout, stderr)).rejects.toMatchObject({
    code: 'store/in-use',
  });
});

test('[D111] what cannot be written is refused and leaves nothing behind', async () => {
  const directory = await filled();
  const [stdout, stderr] = [sink(), sink()];
  const refused = async (output: string | undefined, format: string, room?: string): Promise<unknown> =>
    exportRoom(asked(directory, output, format, room), stdout, stderr).then(
      () => 'nothing',
      (error: unknown) => (error as { code: string }).code,
    );
  expect(await refused(undefined, 'docx')).toBe('request/not-acceptable');
  expect(await refused(undefined, 'extxyz', 'nobody')).toBe('room/not-found');
  expect(await refused(join(directory, 'frames'), 'zarr')).toBe('command/invalid');
  expect(await refused(undefined, 'extxyz', 'http://127.0.0.1:9/elsewhere')).toBe('command/invalid');
  expect((await readdir(directory)).filter((name) => name.includes('partial'))).toEqual([]);
});

test('[V360] export replaces no file unasked, least of all the one that a room stands on', async () => {
  const directory = await filled();
  const target = join(directory, 'out.xyz');
  await writeFile(target, 'mine');
  const wish = asked(directory, target, 'extxyz');
  await expect(exportRoom(wish, sink(), sink())).rejects.toMatchObject({
    code: 'command/invalid',
    message: expect.stringContaining('--overwrite') as unknown,
  });
  expect(await readFile(target, 'utf8')).toBe('mine');
  await exportRoom({ ...wish, isOverwriting: true }, sink(), sink());
  expect(await readFile(target, 'utf8')).toMatch(/^3\n/);
});

test.skipIf(python === undefined)(
  `[D112] an exported store is read by zarr-python and xarray${python === undefined ? ' (skipped: no Python with zarr is installed)' : ''}`,
  async () => {
    const directory = await filled();
    const target = join(directory, 'water.zarr');
    await exportRoom(asked(directory, target, 'zarr'), sink(), sink());
    const script = fileURLToPath(new URL('read-zarr.py', import.meta.url));
    const found = JSON.parse(execFileSync(python as string, [script, target], { encoding: 'utf8' })) as {
      xarray: null | { dims: string[]; sum: number };
    };
    expect(found).toMatchObject({
      n_atoms: [3, 1, 3],
      is_padding_nan: true,
      unit: 'Angstrom',
      are_hashes_right: true,
      energy: [1, 5, 3],
      boundary: ['none', 'none', 'none'],
    });
    if (found.xarray === null) return;
    expect(found.xarray.dims).toEqual(['frame', 'atom', 'space']);
    const sum = [water(0), water(2)]
      .flatMap(({ positions }) => [...positions.data])
      .reduce((total, value) => total + value, 6);
    expect(found.xarray.sum).toBeCloseTo(sum, 4);
  },
  60_000,
);
