import { expect, onTestFinished, test } from 'vitest';
import { xyzFormat } from '../../../src/data/formats/xyz/xyz-format.ts';
import { encodeMsgpack } from '../../../src/data/msgpack.ts';
import { createDataRooms, createFrameChannel, type RoomData } from '../../../src/server/data/index.ts';
import { frameExporters } from '../../../src/server/frame-exporters.ts';
import { msgpackOf, water, wire } from './channel-fixture.ts';

/** What the requests of a table may name. */
interface Ground {
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  room: RoomData;
  ids: string[];
  /** sha256 of the positions of the first frame. */
  hash: string;
  token: string;
}

/** A room `argon` with three frames, a lock `presenter`, and an undoable commit. */
async function ground(): Promise<Ground> {
  const rooms = createDataRooms();
  onTestFinished(() => rooms.close());
  const channel = createFrameChannel({
    rooms,
    exporters: frameExporters,
    openTrajectory: (source, options) => xyzFormat.open(source, options),
  });
  const room = await rooms.create('argon');
  const { ids } = await room.commit([{ op: 'insert', frames: [water(0), water(1), water(2)] }]);
  const big = { 'info.big': { dtype: '<f4' as const, shape: [100], data: new Float32Array(100).fill(7) } };
  await room.commit([{ op: 'patch', id: ids[0], baseVersion: 1, data: big }]);
  const hash = (await room.frameAt(0)).hashes['info.big'];
  const { token } = await room.locks.grant({ name: 'presenter' });
  return {
    room,
    ids,
    hash,
    token,
    async send(method, path, body, headers = {}) {
      const isText = typeof body === 'string';
      const response = await channel(
        new Request(`http://localhost/v1${path}`, {
          method,
          headers: { ...(body === undefined || isText ? {} : { 'content-type': 'application/x-msgpack' }), ...headers },
          ...(body === undefined ? {} : { body: isText ? body : encodeMsgpack(body) }),
        }),
      );
      if (response === undefined) throw new Error(`${path} is not the channel's`);
      return response;
    },
  };
}

type Part<T> = T | ((ground: Ground) => T);
/** A request, the status of its answer, and what the answer has in it. */
type Row = [
  request: Part<string>,
  status: number,
  options?: { body?: unknown; headers?: Part<Record<string, string>>; has?: unknown; code?: string },
];

const FRAME = {
  id: expect.any(String),
  version: expect.any(Number),
  hashes: expect.any(Object),
  data: expect.any(Object),
};
const COMMITTED = { seq: 5, durability: 'memory', ids: expect.any(Array), frames: expect.any(Object) };
const json = { accept: 'application/json' };
const v = (version: number) => ({ 'if-match': `"v${version}"` });
const id =
  (path: string, at = 0) =>
  ({ ids }: Ground): string =>
    path.replace('{id}', ids[at]);

const TABLE: Row[] = [
  ['GET /rooms', 200, { has: { rooms: [{ name: 'argon', seq: 4, count: 3, disk_bytes: 400 }], disk_bytes: 400 } }],
  ['POST /rooms', 201, { body: { name: 'neon' }, has: { name: 'neon', seq: 1, count: 0, require_lock: false } }],
  ['POST /rooms', 201, { body: { name: 'copy', base: { room: 'argon', seq: 2 } }, has: { name: 'copy', count: 3 } }],
  ['POST /rooms', 409, { body: { name: 'argon' }, code: 'room/exists' }],
  ['POST /rooms', 400, { body: { name: '../etc' }, code: 'room/name-invalid' }],
  ['POST /rooms', 404, { body: { name: 'copy', base: { room: 'nobody' } }, code: 'room/not-found' }],
  ['POST /rooms', 400, { body: { name: 'copy', base: { room: 'argon', seq: 99 } }, code: 'request/invalid' }],
  ['PUT /rooms', 405, { code: 'request/method' }],
  [
    'GET /rooms/argon',
    200,
    { has: { name: 'argon', seq: 4, count: 3, durability: 'memory', epoch: expect.any(String) } },
  ],
  ['GET /rooms/nobody', 404, { code: 'room/not-found' }],
  ['PATCH /rooms/argon', 200, { body: { require_lock: true }, has: { require_lock: true } }],
  ['PATCH /rooms/argon', 200, { body: { name: 'xenon' }, has: { name: 'xenon', count: 3 } }],
  ['PATCH /rooms/argon', 400, { body: { require_lock: 1 }, code: 'request/invalid' }],
  ['DELETE /rooms/argon', 204],
  ['DELETE /rooms/nobody', 404, { code: 'room/not-found' }],
  ['GET /rooms/argon/frames?index=0:2&data=positions', 200, { headers: json, has: [FRAME, FRAME] }],
  [id('GET /rooms/argon/frames?id={id}'), 200, { headers: json, has: [{ ...FRAME, index: 0, version: 2 }] }],
  ['GET /rooms/argon/frames?index=9', 404, { code: 'frame/not-found' }],
  ['GET /rooms/argon/frames', 406, { headers: { accept: 'image/png' }, code: 'request/not-acceptable' }],
  [id('GET /rooms/argon/frames/{id}?data=energy'), 200, { headers: json, has: { version: 2, data: { energy: -1 } } }],
  [id('GET /rooms/argon/frames/{id}?version=1'), 200, { headers: json, has: { version: 1 } }],
  [id('GET /rooms/argon/frames/{id}'), 304, { headers: { 'if-none-match': '"v2"' } }],
  [id('GET /rooms/argon/frames/{id}?version=9'), 404, { code: 'frame/not-found' }],
  [id('GET /rooms/argon/frames/{id}?data=forces'), 404, { code: 'frame/key-unknown' }],
  ['GET /rooms/argon/scalars?data=energy', 200, { headers: json, has: { energy: expect.any(Object) } }],
  ['POST /rooms/argon/frames', 201, { body: wire(water(5)), has: COMMITTED }],
  [id('POST /rooms/argon/frames?after={id}'), 201, { body: [wire(water(5)), wire(water(6))], has: COMMITTED }],
  ['POST /rooms/argon/frames?before=nobody', 404, { body: wire(water(5)), code: 'frame/not-found' }],
  ['POST /rooms/argon/frames', 400, { body: [], code: 'request/invalid' }],
  [
    'POST /rooms/argon/frames',
    415,
    { body: 'x', headers: { 'content-type': 'text/plain' }, code: 'request/unsupported-type' },
  ],
  ['POST /rooms/argon/import?name=a.xyz', 201, { body: '1\n\nAr 0 0 0\n1\n\nAr 1 0 0\n', has: COMMITTED }],
  ['POST /rooms/argon/import?name=a.xyz', 422, { body: '2\n\nAr 0 0 0\n', code: 'file/damaged' }],
  ['GET /rooms/argon/export?format=extxyz', 200],
  ['GET /rooms/argon/export?format=docx', 406, { code: 'request/not-acceptable' }],
  [id('PUT /rooms/argon/frames/{id}'), 200, { body: wire(water(1)), headers: v(2), has: COMMITTED }],
  [id('PUT /rooms/argon/frames/{id}'), 428, { body: wire(water(1)), code: 'frame/base-required' }],
  [id('PUT /rooms/argon/frames/{id}'), 409, { body: wire(water(1)), headers: v(1), code: 'frame/conflict' }],
  [id('PATCH /rooms/argon/frames/{id}'), 200, { body: { energy: 3, base_version: 2 }, has: COMMITTED }],
  [id('PATCH /rooms/argon/frames/{id}?base_version=2'), 200, { body: { 'info.big': null }, has: COMMITTED }],
  [id('PATCH /rooms/argon/frames/{id}'), 422, { body: { positions: 3 }, headers: v(2), code: 'frame/shape-invalid' }],
  [
    id('PATCH /rooms/argon/frames/{id}'),
    400,
    { body: { energy: 1 }, headers: { ...v(2), 'content-digest': 'sha-256=:AAAA:' }, code: 'frame/digest-mismatch' },
  ],
  [id('DELETE /rooms/argon/frames/{id}', 1), 200, { headers: v(1), has: COMMITTED }],
  [id('DELETE /rooms/argon/frames/{id}', 1), 428, { code: 'frame/base-required' }],
  [
    'POST /rooms/argon/commit',
    200,
    {
      body: ({ ids }: Ground) => ({
        ops: [
          { op: 'patch', id: ids[0], base_version: 2, data: { energy: 1 } },
          { op: 'remove', id: ids[1], base_version: 1 },
          { op: 'insert', frames: [wire(water(8))], after: ids[0] },
        ],
      }),
      has: COMMITTED,
    },
  ],
  [
    'POST /rooms/argon/commit',
    200,
    { body: ({ ids }: Ground) => ({ ops: [{ op: 'move', id: ids[2], before: ids[0] }] }), has: { seq: 5 } },
  ],
  ['POST /rooms/argon/commit', 400, { body: { ops: [] }, code: 'request/invalid' }],
  ['POST /rooms/argon/undo', 200, { body: { seq: 3 }, has: COMMITTED }],
  ['POST /rooms/argon/undo', 409, { body: { seq: 99 }, code: 'undo/nothing' }],
  ['POST /rooms/argon/redo', 409, { body: {}, code: 'undo/nothing' }],
  [
    'GET /rooms/argon/log?since=2',
    200,
    { has: { seq: 4, records: [{ seq: 3, at_ms: expect.any(Number) }, { seq: 4 }] } },
  ],
  [
    'GET /rooms/argon/order?from=1&limit=1',
    200,
    { has: ({ ids }: Ground) => ({ seq: 4, count: 3, frames: [{ id: ids[1], version: 1 }] }) },
  ],
  ['GET /rooms/argon/order?from=x', 400, { code: 'request/invalid' }],
  [
    'POST /rooms/argon/locks',
    201,
    { body: { name: 'a', ttl_ms: 1000 }, has: { name: 'a', token: expect.any(String), fence: 5 } },
  ],
  ['POST /rooms/argon/locks', 423, { body: { name: 'presenter' }, code: 'lock/held' }],
  ['POST /rooms/argon/locks', 422, { body: { name: 'a', ttl_ms: 1e9 }, code: 'lock/invalid' }],
  ['PUT /rooms/argon/locks/presenter', 200, { headers: ({ token }) => ({ 'lock-token': token }), has: { fence: 4 } }],
  ['PUT /rooms/argon/locks/presenter', 423, { headers: { 'lock-token': 'x' }, code: 'lock/lost' }],
  ['DELETE /rooms/argon/locks/presenter', 204, { headers: ({ token }) => ({ 'lock-token': token }) }],
  ['GET /rooms/argon/locks', 200, { has: { locks: [{ name: 'presenter' }] } }],
  [({ hash }) => `GET /rooms/argon/blobs/sha256/${hash}`, 200],
  [({ hash }) => `GET /rooms/argon/blobs/sha256/${hash}`, 206, { headers: { range: 'bytes=4-11' } }],
  [
    ({ hash }) => `GET /rooms/argon/blobs/sha256/${hash}`,
    416,
    { headers: { range: 'bytes=400-' }, code: 'request/range' },
  ],
  [`GET /rooms/argon/blobs/sha256/${'0'.repeat(64)}`, 404],
  ['GET /rooms/argon/zarr/head/zarr.json', 200, { has: { zarr_format: 3, node_type: 'group' } }],
  ['GET /rooms/argon/zarr/@2/.zgroup', 200, { has: { zarr_format: 2 } }],
  ['GET /rooms/argon/zarr/@9/zarr.json', 404, { code: 'request/not-found' }],
  ['PUT /rooms/argon/zarr/head/zarr.json', 405, { code: 'request/method' }],
  ['GET /rooms/argon/elsewhere', 404, { code: 'request/not-found' }],
];

const partOf = <T>(part: T | ((ground: Ground) => T), made: Ground): T =>
  typeof part === 'function' ? (part as (ground: Ground) => T)(made) : part;

test.each(TABLE.map((row, i) => [`${i + 1}`, row] as const))(
  '[D113] request %s of the table is answered as the table says',
  async (_number, [request, status, { body, headers, has, code } = {}]) => {
    const made = await ground();
    const asked = partOf<string>(request, made);
    const [method, path] = asked.split(' ');
    const response = await made.send(
      method,
      path,
      partOf(body, made),
      partOf<Record<string, string> | undefined>(headers, made) ?? {},
    );
    const type = response.headers.get('content-type') ?? '';
    const answer: unknown = type.includes('json')
      ? await response.json()
      : type.includes('msgpack')
        ? await msgpackOf(response)
        : await response.arrayBuffer();
    expect(response.status, `${asked}: ${JSON.stringify(answer)}`).toBe(status);
    if (has !== undefined) expect(answer, asked).toMatchObject(partOf(has, made) as object);
    if (code === undefined) return;
    expect(type).toBe('application/problem+json');
    expect(answer, asked).toMatchObject({ code, status, detail: expect.any(String), type: expect.any(String) });
  },
);
