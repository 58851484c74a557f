import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { frameArray } from '../../src/protocol/frames.ts';
import { openRoom } from '../../src/room/open-room.ts';
import type { Room } from '../../src/room/room.ts';
import { type CovalenceServer, createServer } from '../../src/server/server.ts';
import { handClock } from '../hand-clock.ts';

const MINUTE = 60_000;
const clock = handClock();
const until = <T>(get: () => T): ReturnType<typeof expect.poll<T>> => expect.poll(get);

async function serve(dataDirectory?: string): Promise<CovalenceServer> {
  const server = await createServer({ port: 0, clock, ...(dataDirectory === undefined ? {} : { dataDirectory }) });
  await server.listen();
  onTestFinished(() => server.close());
  return server;
}

const listed = async (server: CovalenceServer): Promise<string[]> => {
  const { rooms } = (await (await fetch(`${server.url}/v1/rooms`)).json()) as { rooms: { name: string }[] };
  return rooms.map(({ name }) => name).sort();
};

/** How many are in rooms. */
const connections = async (server: CovalenceServer): Promise<number> => {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const counts = [...text.matchAll(/^covalence_room_connections\S* (\d+)/gm)].map(([, count]) => Number(count));
  expect(counts.length, 'the figure is there').toBeGreaterThan(0);
  return counts.reduce((sum, count) => sum + count, 0);
};

/** Is in a room, does something there and leaves it. */
async function visit(server: CovalenceServer, name: string, act?: (room: Room) => unknown): Promise<void> {
  const room = await openRoom(`${server.url}/r/${name}`);
  await act?.(room);
  await room.state.whenSaved();
  await room.close();
}

/** Lets the minutes pass after which a room that nobody is in leaves the memory. */
async function wait(server: CovalenceServer): Promise<void> {
  await until(() => connections(server)).toBe(0);
  for (let minute = 0; minute < 13; minute += 1) {
    await clock.pass(MINUTE);
  }
}

it('[C477] a room that was only looked at is forgotten once nobody is in it for a while; whatever was wanted or written stays', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'covalence-visited-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const server = await serve(directory);
  const post = (path: string, body?: object): Promise<Response> =>
    fetch(`${server.url}/v1/rooms${path}`, {
      method: 'POST',
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
  const atom = { positions: frameArray(Float32Array.of(0, 0, 0), [1, 3]), numbers: frameArray(Uint8Array.of(18)) };
  await visit(server, 'argno');
  await visit(server, 'key', (room) => room.state.set('note', 1));
  await visit(server, 'once', (room) => (room.state.set('note', 1), room.state.remove('note')));
  await visit(server, 'frame', (room) => room.frames.append([atom]));
  await visit(server, 'locked', (room) => room.frames.lock('board').then((lock) => lock.release()));
  expect((await post('', { name: 'made' })).status).toBe(201);
  await visit(server, 'made');
  await visit(server, 'refused');
  expect((await post('/refused/frames')).status).toBeGreaterThanOrEqual(400);
  await using held = await server.room('held');
  const all = ['frame', 'held', 'key', 'locked', 'made', 'once', 'refused'];
  expect(await listed(server)).toEqual(['argno', ...all].sort());
  await wait(server);
  await until(() => listed(server)).toEqual(all);
  expect(await readdir(join(directory, 'frames', 'rooms'))).not.toContain('argno');

  // It comes again with the next visit, and now it is written to; another one leaves at the same time.
  await visit(server, 'argno', (room) => room.frames.append([atom]));
  await visit(server, 'other');
  await wait(server);
  await until(() => listed(server)).not.toContain('other');
  expect(await listed(server)).toEqual(['argno', ...all].sort());
  expect(await held.frames.info()).toMatchObject({ count: 0 });
});

it('[C477] a server that stops forgets what was only looked at', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'covalence-visited-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const first = await serve(directory);
  await visit(first, 'argno');
  await visit(first, 'key', (room) => room.state.set('note', 1));
  await until(() => connections(first)).toBe(0);
  await first.close();
  const second = await serve(directory);
  expect(await listed(second)).toEqual(['key']);
  const room = await openRoom(`${second.url}/r/key`);
  onTestFinished(() => room.close());
  await room.state.whenSynced();
  expect(room.state.get('note')).toBe(1);
});

it('[V357] what a killed process left of rooms that were only looked at is gone after the next start; what was wanted or written stays', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'covalence-visited-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const [running, killed] = [join(directory, 'running'), join(directory, 'killed')];
  const first = await serve(running);
  const atom = { positions: frameArray(Float32Array.of(0, 0, 0), [1, 3]), numbers: frameArray(Uint8Array.of(18)) };
  await visit(first, 'argno');
  await visit(first, 'Other');
  await visit(first, 'key', (room) => room.state.set('note', 1));
  await visit(first, 'frame', (room) => room.frames.append([atom]));
  await (await first.room('held')).close();
  await visit(first, 'gone');
  await fetch(`${first.url}/v1/rooms/gone`, { method: 'DELETE' });
  await fetch(`${first.url}/v1/rooms`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'gone' }),
  });
  await visit(first, 'default');
  await visit(first, 'refused');
  expect((await fetch(`${first.url}/v1/rooms/refused/frames`, { method: 'POST' })).status).toBeGreaterThanOrEqual(400);
  const noted = (): Promise<string> => readFile(join(running, 'frames', 'visited.txt'), 'utf8');
  await until(async () => (await noted()).split('\n').sort()).toEqual(['Other', 'argno', 'default', 'key']);
  expect(await listed(first)).toEqual(['Other', 'argno', 'default', 'frame', 'gone', 'held', 'key', 'refused']);
  // The directory as a process leaves it that is killed now: nothing was closed.
  await cp(running, killed, { recursive: true });
  await rm(join(killed, 'frames', 'lock'), { recursive: true, force: true });
  const second = await createServer({ port: 0, clock, dataDirectory: killed, defaultRoom: 'default' });
  await second.listen();
  onTestFinished(() => second.close());
  expect(await listed(second)).toEqual(['default', 'frame', 'gone', 'held', 'key', 'refused']);
  expect(await readdir(join(killed, 'frames', 'rooms'))).not.toContain('argno');
  const room = await openRoom(`${second.url}/r/key`);
  onTestFinished(() => room.close());
  await room.state.whenSynced();
  expect(room.state.get('note')).toBe(1);
  // Whoever comes again finds it empty, as before.
  await visit(second, 'argno', (again) => expect(again.frames.count).toBe(0));
  expect(await listed(second)).toContain('argno');
});
