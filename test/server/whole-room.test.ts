import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openTrajectory } from '../../src/data/formats/open-trajectory.ts';
import { memorySource } from '../../src/data/formats/source/memory-source.ts';
import { openRoom } from '../../src/room/open-room.ts';
import { type CovalenceServer, createServer } from '../../src/server/server.ts';

const WATER = (x: number): string =>
  `3\nLattice="10 0 0 0 10 0 0 0 10" Properties=species:S:1:pos:R:3 energy=${-1 - x} pbc="T T T"\n` +
  `O ${x} 0 0\nH ${x + 0.96} 0 0\nH ${x - 0.24} 0.93 0\n`;

let directory: string;
let server: CovalenceServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'covalence-whole-'));
  await writeFile(join(directory, 'water.xyz'), [0, 1, 2, 3].map(WATER).join(''));
  await writeFile(join(directory, 'drop.xyz'), [0, 1].map(WATER).join(''));
  server = await createServer({ port: 0, dataDirectory: join(directory, 'data') });
  await server.listen();
  await server.openFile(join(directory, 'water.xyz'));
  await server.openFile(join(directory, 'drop.xyz'));
});
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

const code = async (response: Response): Promise<unknown> => ((await response.json()) as { code: unknown }).code;

/** Status of an upgrade from a page of `origin`. */
const upgradeStatus = (origin: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/sync/water`, { origin });
    socket.on('unexpected-response', (_request, response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    socket.on('open', () => {
      socket.close();
      resolve(101);
    });
    socket.on('error', reject);
  });

/** fetch sets Host by itself; this asks under another name. */
const statusUnder = (host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    httpRequest({ host: '127.0.0.1', port: server.port, path: '/v1/rooms', headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });

describe('a whole room', () => {
  it('[V13] is saved as extended XYZ with its edits, and what was saved is read back', async () => {
    await using room = await openRoom(server.link('water'));
    const { id, version } = await room.frames.read(2);
    await room.frames.write(id, { energy: -42 }, { baseVersion: version });
    const response = await fetch(`${server.url}/v1/rooms/water/export?format=extxyz`);
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="water.xyz"');
    const trajectory = await openTrajectory(memorySource('water.xyz', new Uint8Array(await response.arrayBuffer())));
    await trajectory.index();
    expect([...trajectory.scalars()['energy']]).toEqual([-1, -2, -42, -4]);
    const refused = await fetch(`${server.url}/v1/rooms/water/export?format=doc`);
    expect([refused.status, await code(refused)]).toEqual([406, 'request/not-acceptable']);
  });

  it('[D191] whose file was removed is refused with the reason when it is saved', async () => {
    const path = join(directory, 'gone.xyz');
    await writeFile(path, WATER(0));
    const name = await server.openFile(path);
    await rm(path);
    const refused = await fetch(`${server.url}/v1/rooms/${name}/export?format=extxyz`);
    expect([refused.status, await code(refused)]).toEqual([409, 'frame/source-changed']);
  });

  it.skipIf(process.platform === 'win32')('[V295] is not made of a named pipe', async () => {
    const path = join(directory, 'pipe.xyz');
    execFileSync('mkfifo', [path]);
    await expect(server.openFile(path)).rejects.toMatchObject({ code: 'file/not-found' });
  });

  it('[D192] stores the changes of thirty people who edit one frame at once', async () => {
    const people = await Promise.all(Array.from({ length: 30 }, () => openRoom(server.link('crowd'))));
    await people[0].frames.append([{ energy: 0 }]);
    const { id } = await people[0].frames.read(0);
    await Promise.all(
      people.map(({ frames }, i) =>
        frames.edit(id, () => ({ [`info.person${i}`]: i }), {
          onConflict: i % 2 === 0 ? 'reapply' : 'rebase-disjoint',
        }),
      ),
    );
    const { version, data } = await people[29].frames.read(0);
    expect(version).toBe(31);
    expect(people.map((_, i) => data[`info.person${i}`])).toEqual(people.map((_, i) => i));
    await Promise.all(people.map((person) => person.close()));
  });

  it('[V14] a whole file is added to a room, all of its frames or none', async () => {
    await fetch(`${server.url}/v1/rooms`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"name":"copied"}',
    });
    const url = `${server.url}/v1/rooms/copied/import?name=some.xyz`;
    const added = await fetch(url, { method: 'POST', body: [5, 6].map(WATER).join('') });
    expect(added.status).toBe(201);
    const damaged = await fetch(url, { method: 'POST', body: `${WATER(7)}3\ncut off\nO 1` });
    expect([damaged.status, await code(damaged)]).toEqual([422, 'file/damaged']);
    await using room = await openRoom(server.link('copied'));
    expect((await room.frames.info()).count).toBe(2);
    expect((await room.frames.read(1)).data['energy']).toBe(-7);
  });

  it('[V15] a room that is renamed keeps its selections; who still asks by the old name is told so', async () => {
    {
      await using room = await openRoom(server.link('drop'));
      room.selections.add({ display_name: 'kept', particle_ids: [1] });
      await room.state.whenSaved();
    }
    await using stays = await openRoom(server.link('drop'));
    const renamed = await fetch(`${server.url}/v1/rooms/drop`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: '{"name":"puddle"}',
    });
    expect(renamed.status).toBe(200);
    await using room = await openRoom(server.link('puddle'));
    await room.state.whenSynced();
    expect(Object.values(room.selections.snapshot()).map(({ display_name }) => display_name)).toEqual(['kept']);
    expect((await room.frames.info()).count).toBe(2);
    expect((await fetch(`${server.url}/v1/rooms/drop`)).status).toBe(404);
    // Whoever was in the old room is told, and writes nothing that would reach nobody.
    await expect.poll(() => stays.status).toBe('denied');
    expect(() => stays.selections.add({ particle_ids: [0] })).toThrow(
      expect.objectContaining({
        message: 'This room is now called "puddle".',
        fields: { closeCode: 4404, renamed_to: 'puddle' },
      }),
    );
    expect(stays.selections.size).toBe(1);
    expect(stays.can('write')).toBe(false);
  });

  it('[V344] a room gets as long a name as rooms may have, and who is in it is told', async () => {
    const name = 'n'.repeat(128);
    const ask = (path: string, method: string, body: object) =>
      fetch(`${server.url}/v1/rooms${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    await ask('', 'POST', { name: 'short' });
    await using stays = await openRoom(server.link('short'));
    stays.selections.add({ display_name: 'kept', particle_ids: [1] });
    await stays.state.whenSaved();
    const told: unknown[] = [];
    stays.onStatus(({ error }) => told.push(error));
    expect((await ask('/short', 'PATCH', { name })).status).toBe(200);
    await expect.poll(() => stays.status).toBe('denied');
    expect(told.at(-1)).toMatchObject({
      code: 'room/not-found',
      message: expect.stringMatching(/called "nnn.*\.{3}$/),
    });
    await using room = await openRoom(server.link(name));
    await room.state.whenSynced();
    expect(room.selections.size).toBe(1);
    // On disk a capital is two letters: what is too long there is refused before anything is done.
    for (const refused of [
      await ask('', 'POST', { name: 'N'.repeat(128) }),
      await ask(`/${name}`, 'PATCH', { name: 'N'.repeat(128) }),
    ]) {
      expect([refused.status, await refused.json()]).toMatchObject([
        400,
        { code: 'room/name-invalid', detail: expect.stringContaining('small letters') },
      ]);
    }
    expect((await ask('', 'POST', { name: 'N'.repeat(92) })).status).toBe(201);
    await using capital = await openRoom(server.link('N'.repeat(92)));
    capital.state.set('note', 1);
    expect(await capital.state.whenSaved()).toBe('disk');
    expect(room.selections.size).toBe(1);
  });

  it('[D229] a room on the data of another one reads their file as that one does', async () => {
    const path = join(directory, 'typed.lammpstrj');
    const dump = (step: number) =>
      `ITEM: TIMESTEP\n${step}\nITEM: NUMBER OF ATOMS\n2\nITEM: BOX BOUNDS pp pp pp\n0 9\n0 9\n0 9\n` +
      `ITEM: ATOMS id type x y z\n1 1 0 0 0\n2 2 3 0 0\n`;
    await writeFile(path, Array.from({ length: 3000 }, (_, step) => dump(step)).join(''));
    const name = await server.openFile(path, 'typed', { elements: ['Si', 'O'] });
    const made = await fetch(`${server.url}/v1/rooms`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'typed-too', base: { room: name } }),
    });
    expect(made.status).toBe(201);
    await using room = await openRoom(server.link('typed-too'));
    await expect.poll(async () => (await room.frames.info()).count).toBe(3000);
    const { data } = await room.frames.read(2999);
    expect(Array.from((data['numbers'] as { data: Uint8Array }).data)).toEqual([14, 8]);
  });

  it('[V356] the list says who is in a room and what may be done with it, and a copy with its state has all at once', async () => {
    const path = join(directory, 'long.xyz.gz');
    await writeFile(path, gzipSync(Array.from({ length: 3000 }, (_, step) => WATER(step)).join('')));
    const name = await server.openFile(path, 'long');
    const post = (body: object): Promise<Response> =>
      fetch(`${server.url}/v1/rooms`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const listed = async (wanted: string): Promise<unknown> => {
      const { rooms } = (await (await fetch(`${server.url}/v1/rooms`)).json()) as { rooms: { name: string }[] };
      return rooms.find((room) => room.name === wanted);
    };
    await expect.poll(async () => listed(name)).not.toHaveProperty('is_reading');
    await using room = await openRoom(server.link(name), { user: { name: 'Ada' } });
    await expect.poll(() => listed(name)).toMatchObject({ count: 3000, people: 1, may: ['rename', 'copy', 'delete'] });
    room.selections.add({ display_name: 'first', particle_ids: [0] });
    room.state.set('scene', { background: '#102030' });
    room.state.set('chat.one', { author: 'Ada', text: 'between us' });
    await room.state.whenSaved();

    const made = await post({ name: 'long-copy', base: { room: name }, state: true });
    expect([made.status, await made.json()]).toEqual([201, expect.objectContaining({ count: 3000 })]);
    expect(await listed('long-copy')).toMatchObject({ count: 3000, base: name, source: 'long.xyz.gz' });
    expect(await listed('long-copy')).not.toHaveProperty('people');
    await using copy = await openRoom(server.link('long-copy'));
    expect(Object.values(copy.selections.snapshot())).toMatchObject([{ display_name: 'first' }]);
    expect(copy.state.get('scene')).toMatchObject({ background: '#102030' });
    expect(copy.state.has('chat.one')).toBe(false);

    const bare = await post({ name: 'long-frames', base: { room: name } });
    expect(bare.status).toBe(201);
    await using frames = await openRoom(server.link('long-frames'));
    expect([frames.frames.count, frames.selections.size]).toEqual([3000, 0]);
    for (const wrong of [{ state: true }, { base: { room: name }, state: 1 }]) {
      const refused = await post({ name: 'wrong', ...wrong });
      expect([refused.status, await code(refused)]).toEqual([400, 'request/invalid']);
    }
    expect(await listed('wrong')).toBeUndefined();
  });

  it('[V16] history names who wrote, as that person is called in the room', async () => {
    await using room = await openRoom(server.link('water'), { user: { name: 'Ada' } });
    const { id, version } = await room.frames.read(0);
    await room.frames.write(id, { energy: -9 }, { baseVersion: version });
    const log = (await (await fetch(`${server.url}/v1/rooms/water/log`)).json()) as { records: { author?: string }[] };
    expect(log.records.at(-1)?.author).toBe('Ada');
  });
});

describe('pages of other origins', () => {
  it('[V17] cannot connect, write or read, whatever the browser sends along', async () => {
    expect(await upgradeStatus('http://evil.example')).toBe(403);
    expect(await upgradeStatus('http://localhost:5173')).toBe(101);
    const post = (origin: string): Promise<Response> =>
      fetch(`${server.url}/v1/rooms/water/undo`, { method: 'POST', headers: { origin, 'content-type': 'text/plain' } });
    const refused = await post('http://evil.example');
    expect([refused.status, await code(refused)]).toEqual([403, 'auth/origin']);
    const read = (origin: string): Promise<Response> => fetch(`${server.url}/v1/rooms`, { headers: { origin } });
    expect((await read('http://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
    expect((await read('http://localhost:5173')).headers.get('access-control-allow-origin')).toBe(
      'http://localhost:5173',
    );
  });

  it('[V17] nor by a name of their own that leads to this machine', async () => {
    expect(await statusUnder(`localhost:${server.port}`)).toBe(200);
    expect(await statusUnder(`evil.example:${server.port}`)).toBe(403);
  });

  it('[V18] may load the code of the elements, without a token', async () => {
    const guarded = await createServer({ port: 0, token: 'sesame', pagesDirectory: directory });
    await writeFile(join(directory, 'embed.js'), 'export {};');
    await guarded.listen();
    const response = await fetch(`${guarded.url}/embed.js`, { headers: { origin: 'http://page.example' } });
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
    expect((await fetch(`${guarded.url}/v1/rooms`)).status).toBe(401);
    await guarded.close();
  });
});
