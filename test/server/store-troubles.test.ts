import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { CovalenceError } from '../../src/protocol/errors.ts';
import { openRoom } from '../../src/room/open-room.ts';
import type { Room } from '../../src/room/room.ts';
import { createServer, type CovalenceServer, type ServerOptions } from '../../src/server/server.ts';
import { memoryDocStore } from '../../src/server/sync/memory-doc-store.ts';
import { buildProgram, runProgram } from './redis/cli-process.ts';

const eventually = (check: () => unknown) => expect.poll(check, { timeout: 60_000 });

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'covalence-trouble-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

async function started(options: ServerOptions = {}): Promise<CovalenceServer> {
  const server = await createServer({ port: 0, ...options });
  await server.listen();
  // What could not be stored by then is what these tests are about.
  onTestFinished(() => server.close().catch(() => undefined));
  return server;
}

async function joined(server: CovalenceServer, name = 'argon'): Promise<Room> {
  const room = await openRoom(server.link(name));
  onTestFinished(() => room.close());
  return room;
}

/** A data directory with a room whose stored state is damaged before its end. */
async function damaged(): Promise<{ dataDirectory: string; file: string; bytes: Buffer }> {
  const dataDirectory = await folder();
  const server = await createServer({ port: 0, dataDirectory });
  await server.listen();
  const room = await server.room('argon');
  for (const value of [1, 2, 3]) {
    room.state.set('settings.a', value);
    await room.state.whenSaved();
  }
  await room.close();
  await server.close();
  const file = join(dataDirectory, 'state', 'argon.ydoc');
  const bytes = await readFile(file);
  bytes[40] ^= 1;
  await writeFile(file, bytes);
  return { dataDirectory, file, bytes };
}

describe('a room whose stored state is damaged', () => {
  it('[V303] ends a joining socket with 1013 and store/failed as its reason, for stock clients too, and tells the operator', async () => {
    const { dataDirectory, file, bytes } = await damaged();
    const errors: unknown[] = [];
    const log = { info() {}, warn() {}, error: (fields: object) => void errors.push(fields) };
    const server = await started({ dataDirectory, log });
    for (const query of ['', '?z=1&s=me']) {
      const socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/sync/argon${query}`);
      const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
      expect([code, reason.toString()]).toEqual([1013, expect.stringMatching(/^store\/failed: .*argon/)]);
    }
    expect(errors).toContainEqual(expect.objectContaining({ code: 'store/failed' }));
    expect(await readFile(file)).toEqual(bytes);
    // The others are served.
    await joined(server, 'water');
  });

  it('[T196] openRoom rejects with store/failed after three refusals, and whoever is in a room already waits', async () => {
    const { dataDirectory, file, bytes } = await damaged();
    const server = await started({ dataDirectory });
    await expect(openRoom(server.link('argon'))).rejects.toMatchObject({ code: 'store/failed' });
    expect(await readFile(file)).toEqual(bytes);
    const { port } = server;
    const water = await joined(server, 'water');
    water.state.set('settings.a', 1);
    await water.state.whenSaved();
    await server.close();
    const stored = join(dataDirectory, 'state', 'water.ydoc');
    const sound = await readFile(stored);
    const broken = Buffer.from(sound);
    broken[20] ^= 1;
    await writeFile(stored, Buffer.concat([broken, sound]));
    let refusals = 0;
    const log = { info() {}, warn() {}, error: () => void (refusals += 1) };
    const second = await started({ dataDirectory, port, log });
    await eventually(() => refusals).toBeGreaterThan(4);
    expect(water.status).toBe('offline');
    await second.close();
    await writeFile(stored, sound);
    await started({ dataDirectory, port });
    await eventually(() => water.status).toBe('online');
    expect(water.state.get('settings.a')).toBe(1);
  });
});

describe('a store that refuses', () => {
  it('[T199] everybody is told, also who comes later, while whenSaved waits; and told when it is over', async () => {
    const store = memoryDocStore();
    let isFull = false;
    const refusing = <A extends unknown[]>(write: (...args: A) => Promise<void>): ((...args: A) => Promise<void>) => {
      return async (...args) => {
        if (isFull) throw new CovalenceError('store/full', 'ENOSPC at /srv/secret/path. Free some space.');
        await write(...args);
      };
    };
    const server = await started({
      docStore: { ...store, append: refusing(store.append), compact: refusing(store.compact) },
    });
    const ada = await joined(server);
    const told: unknown[] = [];
    ada.onStoreTrouble((trouble) => told.push(trouble?.code));
    isFull = true;
    ada.state.set('settings.a', 1);
    let isSaved = false;
    const saved = ada.state.whenSaved().then(() => (isSaved = true));
    await eventually(() => ada.storeTrouble?.code).toBe('store/full');
    const ben = await joined(server);
    await eventually(() => ben.storeTrouble?.message).toBe(
      "Nothing is being stored at the moment: the server's disk is full. You can go on; it is stored as soon as that is possible.",
    );
    expect(ben.state.get('settings.a')).toBe(1);
    expect(isSaved).toBe(false);
    isFull = false;
    await saved;
    await eventually(() => [ada.storeTrouble, ben.storeTrouble]).toEqual([undefined, undefined]);
    expect(told).toEqual(['store/full', undefined]);
  });

  it('[V305] a data directory that is removed under the server is seen at /readyz, and nothing is called stored', async () => {
    const dataDirectory = await folder();
    const server = await started({ dataDirectory });
    const room = await joined(server);
    room.state.set('settings.a', 1);
    await room.state.whenSaved();
    const { ids } = await room.frames.append([{ energy: 1 }]);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    await rm(dataDirectory, { recursive: true });
    const answer = await fetch(`${server.url}/readyz`);
    expect(answer.status).toBe(503);
    expect(await answer.text()).toMatch(/ENOENT|is gone/);
    room.state.set('settings.a', 2);
    let isSaved = false;
    const saved = room.state.whenSaved().then(() => (isSaved = true));
    await eventually(() => room.storeTrouble?.code).toBe('store/failed');
    await expect(room.frames.write(ids[0], { energy: 2 }, { baseVersion: 1 })).rejects.toMatchObject({
      code: 'store/failed',
    });
    expect(isSaved).toBe(false);
    // The shared state is stored again as soon as there is a place for it.
    await mkdir(join(dataDirectory, 'state'), { recursive: true });
    await saved;
    expect((await stat(join(dataDirectory, 'state', 'argon.ydoc'))).size).toBeGreaterThan(0);
  });
});

describe('a data directory', () => {
  it('[V306] keeps rooms apart whose names differ in capitals only, on disks that do not tell them apart too', async () => {
    const dataDirectory = await folder();
    // As an earlier version named it.
    await mkdir(join(dataDirectory, 'frames', 'rooms'), { recursive: true });
    const names = ['Argon', 'argon', 'aRGON'];
    const server = await createServer({ port: 0, dataDirectory });
    for (const [index, name] of names.entries()) {
      const room = await server.room(name);
      await room.frames.append(Array.from({ length: index + 1 }, () => ({ energy: index })));
      room.state.set('settings.a', index);
      await room.close();
    }
    await server.close();
    for (const place of ['frames/rooms', 'state']) {
      const files = await readdir(join(dataDirectory, place));
      expect(new Set(files.map((file) => file.toLowerCase())).size).toBe(3);
      expect(files.some((file) => /[A-Z]/.test(file))).toBe(false);
    }
    const again = await started({ dataDirectory });
    const list = (await (await fetch(`${again.url}/v1/rooms`)).json()) as { rooms: { name: string; count: number }[] };
    expect(list.rooms.map(({ name }) => name).sort()).toEqual([...names].sort());
    for (const [index, name] of names.entries()) {
      const room = await joined(again, name);
      expect([room.state.get('settings.a'), room.frames.trajectory?.count]).toEqual([index, index + 1]);
    }
  });
});

describe('the command', () => {
  let cli = '';
  beforeAll(async () => {
    cli = await buildProgram('src/server/cli/main.ts', 'covalence-trouble');
  });

  it('[V304] a data directory that is a file, or may not be written, is refused with store/failed and what to do', async () => {
    const directory = await folder();
    const path = join(directory, 'file');
    await writeFile(path, 'not a folder');
    const running = runProgram(cli, ['--data', path, '--port', '0']);
    expect(await running.says(/covalence: .*/)).toMatch(/covalence: .*file.*\(store\/failed\)/);
    const [code] = running.child.exitCode === null ? await once(running.child, 'exit') : [running.child.exitCode];
    expect(code).toBe(1);
    expect(await readFile(path, 'utf8')).toBe('not a folder');
  });

  it('[V307] a second server of a data directory is refused with the address of the first', async () => {
    const directory = await folder();
    const first = runProgram(cli, ['--data', directory, '--port', '0']);
    const url = (await first.says(/http:\/\/[\d.]+:\d+/)).trim();
    const second = runProgram(cli, ['--data', directory, '--port', '0']);
    const said = await second.says(/covalence: .*/);
    expect(said).toContain(`at ${url} already`);
    expect(said).toContain('(store/in-use)');
    // What a killed server left says nothing.
    await first.kill();
    const third = runProgram(cli, ['--data', directory, '--port', '0']);
    await third.says(/http:\/\/[\d.]+:\d+/);
  });
});
