import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { openRoom } from '../../src/room/open-room.ts';
import { buildProgram, type Running, runProgram } from './redis/cli-process.ts';

const NOBODY = 65_534;
const JSON_TYPE = { 'content-type': 'application/json' };
const isRoot = process.getuid?.() === 0;
/** Root may write everywhere. */
const user = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
let program = '';
let isReadable = false;
beforeAll(async () => {
  program = await buildProgram('src/server/cli/main.ts', 'covalence-cli');
  isReadable =
    spawnSync(process.execPath, ['-e', `require('node:fs').accessSync(${JSON.stringify(program)})`], user).status === 0;
}, 120_000);

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'covalence-unwritable-'));
  onTestFinished(async () => {
    await allow(directory);
    await rm(directory, { recursive: true, force: true });
  });
  return directory;
}

/** Lets the server write to everything in a folder, or to nothing. */
async function allow(directory: string, isAllowed = true): Promise<void> {
  await chmod(directory, 0o755);
  const inside = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = [
    ...inside.map((entry) => ({ path: join(entry.parentPath, entry.name), isFolder: entry.isDirectory() })).reverse(),
    { path: directory, isFolder: true },
  ];
  const owner = isAllowed ? NOBODY : 0;
  for (const { path, isFolder } of paths) {
    if (isRoot) await chown(path, owner, owner);
    await chmod(path, (isFolder ? 0o555 : 0o444) | (isAllowed ? 0o200 : 0));
  }
}

const serve = (data: string): Running => runProgram(program, ['serve', '--port', '0', '--data', data], user);
const originOf = async (server: Running): Promise<string> => new URL(await server.says(/http:\/\/[\d.:a-z]+/)).origin;

test('[V304] a data directory that may not be written is refused at the start in one sentence, empty or with rooms in it', async (context) => {
  if (!isReadable)
    return context.skip('nobody may not read this checkout: nothing was tried on a disk that may not be written');
  const directory = await folder();
  await allow(directory, false);
  const refused = async (data: string): Promise<void> => {
    const server = serve(data);
    const ended = once(server.child, 'exit');
    expect(await server.says(/covalence: .*/)).toMatch(
      /^covalence: "[^"]*" cannot be the data directory: .*EACCES.*--data.*\(store\/failed\)$/,
    );
    expect((await ended)[0]).toBe(1);
  };
  await refused(directory);
  await refused(join(directory, 'below', 'it'));
  await allow(directory);
  const first = serve(directory);
  const rooms = `${await originOf(first)}/v1/rooms`;
  expect((await fetch(rooms, { method: 'POST', headers: JSON_TYPE, body: '{"name":"argon"}' })).status).toBe(201);
  first.child.kill();
  await once(first.child, 'exit');
  await allow(directory, false);
  await refused(directory);
}, 60_000);

test('[V355] while the data directory may not be written reads go on, of rooms nobody had open too; what cannot be stored is refused with store/failed, wholly, and works again as soon as it may', async (context) => {
  if (!isReadable)
    return context.skip('nobody may not read this checkout: nothing was tried on a disk that may not be written');
  const directory = await folder();
  await allow(directory);
  const before = serve(directory);
  let origin = await originOf(before);
  const send = async (
    method: string,
    path: string,
    body?: string,
    type = 'application/json',
    more = {},
  ): Promise<{ status: number; text: string }> => {
    const response = await fetch(`${origin}/v1/rooms${path}`, {
      method,
      headers: { 'content-type': type, ...more },
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, text: await response.text() };
  };
  const positions = { dtype: '<f4', shape: [3_000, 3], data: Array.from({ length: 9_000 }, (_, i) => i) };
  const large = JSON.stringify({ positions });
  for (const name of ['argon', 'neon', 'asleep']) {
    expect((await send('POST', '', JSON.stringify({ name }))).status).toBe(201);
    expect((await send('POST', `/${name}/frames`, '{"energy":1}')).status).toBe(201);
  }
  before.child.kill();
  await once(before.child, 'exit');

  const server = serve(directory);
  origin = await originOf(server);
  expect((await send('GET', '/argon/frames?index=0')).status).toBe(200);
  const room = await openRoom(`${origin}/r/argon`);
  onTestFinished(() => room.close());
  await allow(directory, false);
  expect((await fetch(`${origin}/readyz`)).status).toBe(503);
  for (const room of ['argon', 'asleep']) {
    const read = await send('GET', `/${room}/frames?index=0`, undefined, undefined, { accept: 'application/json' });
    expect([room, read.status, read.text]).toEqual([room, 200, expect.stringContaining('"energy":1')]);
  }
  expect(JSON.parse((await send('GET', '')).text)).toMatchObject({ rooms: [{}, {}, {}] });
  const writes = [
    ['POST', '', '{"name":"xenon"}'],
    ['POST', '', '{"name":"copy","base":{"room":"argon"}}'],
    ['POST', '/argon/frames', large],
    ['POST', '/asleep/frames', '{"energy":2}'],
    ['POST', '/asleep/locks', '{"name":"a"}'],
    ['POST', '/argon/import?name=a.xyz', '1\n\nAr 0 0 0\n', 'application/octet-stream'],
    ['PATCH', '/neon', '{"name":"radon"}'],
  ] as const;
  for (const [method, path, body, type] of [...writes, ['DELETE', '/neon'] as const]) {
    const { status, text } = await send(method, path, body, type);
    expect([method, path, status, text]).toEqual([
      method,
      path,
      503,
      expect.stringMatching(/"code":"store\/failed".*may not write.*EACCES/),
    ]);
    // Where things lie on the server's disk is not for everybody.
    expect(text).not.toContain(directory);
  }
  room.state.ref('note.a').set({ at: 1 });
  // Its file was open before, and is still stored for good.
  expect(await room.state.whenSaved()).toBe('disk');
  // That of a room that nobody had joined has to be made.
  const refused = await openRoom(`${origin}/r/neon`).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'store/failed', message: expect.stringContaining('EACCES') });
  expect((refused as Error).message).not.toContain(directory);
  const counts = async (): Promise<unknown> => {
    const { rooms } = JSON.parse((await send('GET', '')).text) as { rooms: { name: string; count: number }[] };
    return Object.fromEntries(rooms.map(({ name, count }) => [name, count]));
  };
  expect(await counts()).toEqual({ argon: 1, neon: 1, asleep: 1 });

  await allow(directory);
  room.state.ref('note.b').set({ at: 2 });
  expect(await room.state.whenSaved()).toBe('disk');
  for (const [method, path, body, type] of writes) {
    const { status, text } = await send(method, path, body, type);
    expect([method, path, status, text]).toEqual([method, path, method === 'PATCH' ? 200 : 201, expect.anything()]);
  }
  expect((await send('DELETE', '/radon')).status).toBeLessThan(300);
  expect((await fetch(`${origin}/readyz`)).status).toBe(200);
  expect(await counts()).toEqual({ argon: 3, asleep: 2, xenon: 0, copy: 1 });
  await room.close();
  await server.kill();
  origin = await originOf(serve(directory));
  expect(await counts()).toEqual({ argon: 3, asleep: 2, xenon: 0, copy: 1 });
  const again = await openRoom(`${origin}/r/argon`);
  onTestFinished(() => again.close());
  expect([again.state.get('note.a'), again.state.get('note.b')]).toEqual([{ at: 1 }, { at: 2 }]);
}, 120_000);
