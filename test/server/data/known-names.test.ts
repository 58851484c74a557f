import { expect, onTestFinished, test } from 'vitest';
import { createDataRooms, createFrameChannel } from '../../../src/server/data/index.ts';
import { frameExporters } from '../../../src/server/frame-exporters.ts';
import { water } from './channel-fixture.ts';

const UNKNOWN_IN_QUERY = [
  'GET /rooms?limit=3',
  'POST /rooms?name=neon',
  'GET /rooms/argon?seq=1',
  'DELETE /rooms/argon?seq=1',
  'GET /rooms/argon/frames?start=1&stop=2',
  'GET /rooms/argon/frames?index=0:1&keys=energy',
  'GET /rooms/argon/frames/{id}?index=1',
  'GET /rooms/argon/scalars?keys=energy',
  'GET /rooms/argon/order?form=1',
  'GET /rooms/argon/log?after=1',
  'GET /rooms/argon/export?fromat=extxyz',
  'GET /rooms/argon/export?index=0:1',
  'POST /rooms/argon/frames?index=0',
  'POST /rooms/argon/import?name=a.xyz&at=0',
  'PATCH /rooms/argon/frames/{id}?version=1',
  'POST /rooms/argon/undo?seq=1',
  'POST /rooms/argon/redo?seq=1',
  'POST /rooms/argon/locks?ttl_ms=1',
  'DELETE /rooms/argon/locks/presenter?name=a',
  'GET /rooms/argon/frames?data=energy&data=positions',
  'GET /rooms/argon/frames?index=0&index=1',
];

const UNKNOWN_IN_BODY: [request: string, body: unknown][] = [
  ['POST /rooms', { name: 'copy', bass: { room: 'argon' } }],
  ['POST /rooms', { name: 'copy', base: { room: 'argon', version: 1 } }],
  ['PATCH /rooms/argon', { requireLock: true }],
  ['POST /rooms/argon/undo', { commit: 1 }],
  ['POST /rooms/argon/locks', { name: 'a', ttl: 1000 }],
  ['POST /rooms/argon/commit', { ops: [{ op: 'remove', id: '{id}', base_version: 1 }], message: 'x' }],
  ['POST /rooms/argon/commit', { ops: [{ op: 'move', id: '{id}', affter: '{id}' }] }],
  ['POST /rooms/argon/commit', { ops: [{ op: 'remove', id: '{id}', base_version: 1, data: {} }] }],
];

const KNOWN: [request: string, status: number][] = [
  ['GET /rooms?token=a', 200],
  ['GET /rooms/argon/frames?index=0:1&data=energy&have=a&token=b', 200],
  ['GET /rooms/argon/zarr/head/zarr.json?version=3&x=1', 200],
  ['GET /rooms/argon/frames/{id}?version=1&data=energy', 200],
];

const ground = async () => {
  const rooms = createDataRooms();
  onTestFinished(() => rooms.close());
  const channel = createFrameChannel({ rooms, exporters: frameExporters });
  const room = await rooms.create('argon');
  const { ids } = await room.commit([{ op: 'insert', frames: [water(0), water(1)] }]);
  const send = async (asked: string, body?: unknown): Promise<Response> => {
    const [method, path] = asked.replace('{id}', ids[0]).split(' ');
    const request = new Request(`http://localhost/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body).replaceAll('{id}', ids[0]) }),
    });
    return (await channel(request)) as Response;
  };
  const state = async (): Promise<unknown> => [await rooms.list(), room.seq, room.listLocks(), room.requireLock];
  return { send, state };
};

test('[D206] a query or a body that names what its request does not know is refused, with what it knows, and does nothing', async () => {
  const { send, state } = await ground();
  const before = await state();
  for (const asked of UNKNOWN_IN_QUERY) {
    const response = await send(asked);
    const { detail, code } = (await response.json()) as { detail: string; code: string };
    expect([response.status, code], asked).toEqual([400, 'request/invalid']);
    expect(detail, asked).toMatch(/this request knows|is in the query twice/);
  }
  for (const [asked, body] of UNKNOWN_IN_BODY) {
    const response = await send(asked, body);
    const { detail, code } = (await response.json()) as { detail: string; code: string };
    expect([response.status, code], `${asked} ${JSON.stringify(body)}: ${detail}`).toEqual([400, 'request/invalid']);
    expect(detail, asked).toContain('has no field');
  }
  expect(await state()).toEqual(before);
  for (const [asked, status] of KNOWN) expect((await send(asked)).status, asked).toBe(status);
});
