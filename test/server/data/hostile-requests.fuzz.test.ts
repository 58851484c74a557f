import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { httpProvider } from '../../../src/data/http-provider.ts';
import { encodeMsgpack } from '../../../src/data/msgpack.ts';
import { ERROR_STATUS } from '../../../src/protocol/errors.ts';
import { xyzFormat } from '../../../src/data/formats/xyz/xyz-format.ts';
import { createDataRooms, createFrameChannel } from '../../../src/server/data/index.ts';
import { frameExporters } from '../../../src/server/frame-exporters.ts';
import { count } from '../../counts.ts';
import { openChannel, water } from './channel-fixture.ts';
import { handClock } from '../../hand-clock.ts';

const REQUESTS = count(4_000, 100_000);
/** The same in every `npm test`, another in every `npm run test:long`. */
const SEED = Number(process.env['SEED'] ?? count(20_261_121, Date.now() % 2 ** 31));

const NUMBERS = [
  '0',
  '1',
  '2',
  '-1',
  '-0',
  '00',
  '3.5',
  '1e3',
  '1e999',
  '-1e999',
  'NaN',
  'Infinity',
  '',
  ' ',
  '+1',
  '0x10',
  'null',
  '9007199254740993',
  '99999999999999999999999',
  '2147483648',
  '-9223372036854775809',
  '1_000',
  '٣',
  'true',
  '1;2',
];
const RANGES = [
  ...NUMBERS,
  ':',
  '::',
  '0:1',
  '1:0',
  ':-1',
  '-1:',
  '::-1',
  '::0',
  '0:9999999999999',
  '0:2:1e9',
  ':::',
  '0,1,2',
  ',',
  '0,',
  'a:b',
  Array.from({ length: 5_000 }, () => '0').join(','),
  `${'9'.repeat(400)}:`,
  '-99999999999999:99999999999999:1',
];
const KEYS = [
  'positions',
  'species',
  'energy',
  'info.a',
  '',
  ',',
  ',,',
  '__proto__',
  'constructor',
  'arrays.',
  'info.',
  '../../etc/passwd',
  '%00',
  '\u0000'.replaceAll('\u0000', '%00'),
  'x'.repeat(5_000),
  'a,'.repeat(3_000),
  'toString',
];
const IDS = [
  'ID0',
  'ID1',
  'nobody',
  '',
  '..',
  '%2e%2e',
  '%2F',
  'x'.repeat(3_000),
  '__proto__',
  'f0',
  'ID0,ID1',
  '%F0%9F',
];
const ROOMS = [
  ...Array.from({ length: 40 }, () => 'argon'),
  'nobody',
  '..',
  '%2e%2e%2f',
  'a'.repeat(300),
  '__proto__',
  '',
];
const HASHES = ['0'.repeat(64), 'HASH', 'abc', '../..', 'G'.repeat(64), '', `sha256:${'0'.repeat(64)}`];
const ZARR = [
  '.zgroup',
  '.zmetadata',
  'zarr.json',
  'particles/all/position/value/.zarray',
  '../../rooms',
  'c/0/0/0',
  '',
];
const CHUNKS = [
  'c/0/0/0',
  '0.0.0',
  'c/-1/0/0',
  '9e9.0.0',
  'c/0',
  'c/0/0/0/0/0',
  'c/1e3/0/0',
  '99999999999999.0.0',
  '../x',
];

const paths = (): fc.Arbitrary<string> => {
  const one = (values: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...values);
  const room = one(ROOMS);
  const query = (...names: string[]): fc.Arbitrary<string> =>
    fc
      .array(fc.tuple(one(names), fc.oneof(one(RANGES), one(KEYS), one(NUMBERS), one(IDS))), { maxLength: 4 })
      .map((pairs) => (pairs.length === 0 ? '' : `?${pairs.map((pair) => pair.join('=')).join('&')}`));
  const under = (rest: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.tuple(room, rest).map(([a, b]) => `/rooms/${a}${b}`);
  const join = (...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
    fc.tuple(...parts).map((all) => all.join(''));
  const lit = fc.constant<string>;
  return fc.oneof(
    lit('/rooms'),
    under(lit('')),
    under(join(lit('/frames'), query('index', 'id', 'data', 'have', 'after', 'before', 'version', 'base_version'))),
    under(join(lit('/frames/'), one(IDS), query('data', 'version', 'have', 'base_version'))),
    under(join(lit('/scalars'), query('data'))),
    under(join(lit('/order'), query('from', 'limit', 'seq'))),
    under(join(lit('/log'), query('since', 'limit'))),
    under(
      join(
        one(['/commit', '/undo', '/redo', '/locks', '/export', '/import', '/nothing']),
        query('format', 'name', 'data'),
      ),
    ),
    under(join(lit('/locks/'), one(IDS))),
    under(join(lit('/blobs/sha256/'), one(HASHES))),
    under(
      join(
        one(['/zarr/head/', '/zarr/@1/', '/zarr/@0/', '/zarr/@99/', '/zarr/@x/', '/zarr/@1e1/', '/zarr/']),
        one(ZARR),
      ),
    ),
    under(join(lit('/zarr/head/particles/all/position/value/'), one(CHUNKS))),
  );
};

const ODD = [
  null,
  true,
  -1,
  0,
  1e300,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  '',
  'x',
  [],
  {},
  [[]],
  '2026',
  -0,
  2 ** 53,
];
const DTYPES = ['<f4', '<f8', '|u1', '>f4', 'float32', '', '<c8', '|O', '__proto__'];
const array = fc
  .record({
    dtype: fc.constantFrom<unknown>(...DTYPES, ...ODD),
    shape: fc.constantFrom<unknown>(
      [3, 3],
      [3],
      [-3, -3],
      [1e9, 1e9],
      [2 ** 32, 2 ** 32],
      [0, 3],
      [3, 3, 1e18],
      [1.5, 6],
      ...ODD,
    ),
    data: fc.constantFrom<unknown>(
      new Uint8Array(36),
      new Uint8Array(0),
      new Uint8Array(35),
      new Uint8Array(72),
      [1, 2, 3],
      ...ODD,
    ),
    table: fc.constantFrom<unknown>(undefined, ['a'], ...ODD),
  })
  .map((value) => Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)));
const notFinite = { dtype: '<f4', shape: [3, 3], data: new Uint8Array(new Float32Array(9).fill(Number.NaN).buffer) };
const sound = { dtype: '<f4', shape: [3, 3], data: new Uint8Array(new Float32Array(9).fill(1.5).buffer) };
const value: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(sound, 3.25, 'text'),
  array,
  fc.constantFrom<unknown>(...ODD, notFinite, 'x'.repeat(300_000)),
  fc.record({
    index: fc.oneof(array, fc.constantFrom<unknown>(...ODD)),
    values: fc.oneof(array, fc.constantFrom<unknown>(...ODD)),
  }),
);
const data = fc.dictionary(
  fc.constantFrom(
    'positions',
    'numbers',
    'energy',
    'info.a',
    'arrays.b',
    '',
    'x'.repeat(400),
    'cell',
    'pbc',
    'ids',
    'a b',
  ),
  value,
  { maxKeys: 3 },
);
const edit = fc.record(
  {
    op: fc.constantFrom<unknown>('patch', 'replace', 'remove', 'insert', 'move', 'drop', ...ODD),
    id: fc.constantFrom<unknown>('ID0', 'ID1', 'nobody', ...ODD),
    base_version: fc.constantFrom<unknown>(1, 2, 0, -1, 1e20, '1', ...ODD),
    data: fc.oneof(data, fc.constantFrom<unknown>(...ODD)),
    frames: fc.oneof(fc.array(data, { maxLength: 2 }), fc.constantFrom<unknown>(...ODD)),
    after: fc.constantFrom<unknown>('ID0', 'nobody', ...ODD),
  },
  { requiredKeys: ['op'] },
);
const body: fc.Arbitrary<unknown> = fc.oneof(
  data,
  fc.array(data, { maxLength: 3 }),
  fc.record({ ops: fc.oneof(fc.array(edit, { maxLength: 3 }), fc.constantFrom<unknown>(...ODD)) }),
  fc.record(
    {
      name: fc.constantFrom<unknown>('argon', 'x', '../x', 'a'.repeat(500), ...ODD),
      base: fc.constantFrom<unknown>({ room: 'argon', seq: -1 }, { room: 'argon', seq: 1e99 }, { room: '..' }, ...ODD),
      ttl_ms: fc.constantFrom<unknown>(1, -1, 1e12, 0, ...ODD),
      message: fc.constantFrom<unknown>('hello', 'x'.repeat(100_000), ...ODD),
      require_lock: fc.constantFrom<unknown>(...ODD),
      seq: fc.constantFrom<unknown>(1, 2, -5, 1e99, ...ODD),
    },
    { requiredKeys: [] },
  ),
  fc.constantFrom<unknown>(...ODD),
);

/** What a path is for, so that not all of it is refused at the door. */
function methodsFor(path: string): readonly string[] {
  const [, , , collection = '', member] = path.split(/[/?]/);
  if (collection === 'frames') return path.includes('/frames/') ? ['GET', 'PUT', 'PATCH', 'DELETE'] : ['GET', 'POST'];
  if (collection === 'locks') return member === undefined ? ['GET', 'POST'] : ['PUT', 'DELETE'];
  if (['commit', 'undo', 'redo', 'import'].includes(collection)) return ['POST'];
  if (collection === '') return path === '/rooms' ? ['GET', 'POST'] : ['GET', 'PATCH'];
  return ['GET'];
}

const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'),
  choice: fc.nat({ max: 99 }),
  path: paths(),
  body: fc.option(fc.oneof(body, fc.uint8Array({ maxLength: 60 })), { nil: undefined }),
  isJson: fc.boolean(),
  headers: fc.dictionary(
    fc.constantFrom(
      'if-match',
      'if-none-match',
      'range',
      'accept',
      'covalence-seq',
      'content-digest',
      'lock-token',
      'idempotency-key',
      'covalence-session',
      'content-type',
    ),
    fc.constantFrom(
      '"v1"',
      '"v-1"',
      '*',
      'W/"v1"',
      '"v1e99"',
      '"v1", "v2"',
      'bytes=0-',
      'bytes=-5',
      'bytes=9999999999999-',
      'bytes=5-2',
      'bytes=0-1,3-4',
      'bytes=--1',
      'application/json',
      'application/vnd.covalence.frames',
      '*/*;q=0',
      'text/html',
      'NaN',
      '-1',
      'sha-256=:AAAA:',
      'sha-256=x',
      'x'.repeat(4_000),
      '99999999999999999999',
      'application/x-msgpack',
    ),
    { maxKeys: 3 },
  ),
});

test(`[D201] ${REQUESTS} requests of impossible numbers, names, ranges, shapes and bodies (4,000, in test:long 100,000; seed ${SEED}) are answered or refused by a code, and what is refused changes nothing`, async () => {
  // Nobody turns it: a lease that ended meanwhile would be a record of its own.
  const rooms = createDataRooms({ clock: handClock() });
  onTestFinished(() => rooms.close());
  const channel = createFrameChannel({
    rooms,
    exporters: frameExporters,
    openTrajectory: (source, options) => xyzFormat.open(source, options),
  });
  const room = await rooms.create('argon');
  const { ids } = await room.commit([{ op: 'insert', frames: [water(0), water(1), water(2)] }]);
  const { hashes } = await room.frameAt(0);
  const codes = new Set<string>(Object.keys(ERROR_STATUS));
  const statuses: Record<number, number> = {};
  const refused: Record<string, number> = {};
  const named = <T>(given: T): T =>
    JSON.parse(JSON.stringify({ given }).replaceAll('ID0', ids[0]).replaceAll('ID1', ids[1])).given as T;
  await fc.assert(
    fc.asyncProperty(request, async ({ method: any, choice, path, body: content, isJson, headers }) => {
      const fitting = methodsFor(path);
      const method = choice < 15 ? any : fitting[choice % fitting.length];
      if (!(await rooms.has('argon'))) throw new Error('the room is gone');
      // Deleting, renaming and filling the only room are allowed to everybody here and would end the game.
      if (method === 'DELETE' && /^\/rooms\/argon\/?(\?|$)/.test(path)) return;
      const isRenaming = typeof content === 'object' && content !== null && 'name' in content;
      if (method === 'PATCH' && isRenaming) return;
      const address = named(path).replace('HASH', hashes['positions']);
      let sent: BodyInit | undefined;
      if (content instanceof Uint8Array) sent = content.slice();
      else if (content !== undefined) {
        try {
          sent = isJson ? JSON.stringify(named(content)) : encodeMsgpack(content);
        } catch {
          return;
        }
      }
      const before = room.seq;
      const response = await channel(
        new Request(`http://localhost/v1${address}`, {
          method,
          headers: { 'content-type': isJson ? 'application/json' : 'application/x-msgpack', ...headers },
          ...(sent === undefined || method === 'GET' || method === 'HEAD' ? {} : { body: sent }),
        }),
      );
      if (response === undefined) return;
      const { status } = response;
      statuses[status] = (statuses[status] ?? 0) + 1;
      const answer = await response.arrayBuffer();
      expect(status, 'a failure of ours').not.toBe(500);
      if (status < 400) return;
      expect(room.seq, 'what is refused changes nothing').toBe(before);
      if (method === 'HEAD') return;
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      const problem = JSON.parse(new TextDecoder().decode(answer)) as { code: string; status: number };
      expect(codes.has(problem.code), problem.code).toBe(true);
      expect(problem.status).toBe(status);
      refused[problem.code] = (refused[problem.code] ?? 0) + 1;
    }),
    { numRuns: REQUESTS, seed: SEED },
  );
  // The room is what its log says, and still does what it should.
  for (const id of room.ids(0, room.count)) expect((await room.frameById(id)).id).toBe(id);
  process.stdout.write(`D201: statuses ${JSON.stringify(statuses)}; codes ${JSON.stringify(refused)}\n`);
  for (const status of [200, 400, 404, 405, 422, 428]) expect(statuses[status], String(status)).toBeGreaterThan(0);
}, 600_000);

test('[D202] dots in the place of a frame never reach the room: nothing above a room is changed or deleted by them', async () => {
  const { rooms, send } = openChannel();
  onTestFinished(() => rooms.close());
  const room = await rooms.create('argon');
  await room.commit([{ op: 'insert', frames: [water(0)] }]);
  const versions = { 'if-match': '"v1"', 'lock-token': 'x' };
  for (const member of ['..', '.', '%2e%2e', '%2E.', '', '../', './..']) {
    for (const folder of ['frames', 'locks']) {
      for (const method of ['DELETE', 'PATCH', 'PUT']) {
        const response = await send(method, `/rooms/argon/${folder}/${member}`, { require_lock: true }, versions);
        expect([404, 405], `${method} ${folder}/${member}`).toContain(response.status);
      }
    }
  }
  expect(await rooms.has('argon')).toBe(true);
  expect(room.info()).toMatchObject({ seq: 2, count: 1 });
  const asked: string[] = [];
  const fetched: typeof fetch = async (input) => {
    asked.push(new Request(input).url);
    return new Response(null, { status: 204 });
  };
  const client = httpProvider({ url: 'http://host', room: 'argon', fetch: fetched });
  for (const id of ['..', '.', '']) {
    await expect(client.remove(id, { baseVersion: 1 })).rejects.toMatchObject({ code: 'request/invalid' });
    await expect(client.patch(id, { energy: 1 }, { baseVersion: 1 })).rejects.toMatchObject({
      code: 'request/invalid',
    });
  }
  expect(asked).toEqual([]);
});

test('[D203] a write whose answer could not be written as asked is refused before anything is done', async () => {
  const { rooms, send } = openChannel();
  onTestFinished(() => rooms.close());
  const room = await rooms.create('argon');
  const { ids, seq } = await room.commit([{ op: 'insert', frames: [water(0)] }]);
  const wanted = { accept: '"v1"', 'if-match': '"v1"' };
  const writes = [
    ['POST', '/rooms', { name: 'neon' }],
    ['PATCH', '/rooms/argon', { require_lock: true }],
    ['POST', '/rooms/argon/frames', { energy: 1 }],
    ['PATCH', `/rooms/argon/frames/${ids[0]}`, { energy: 1 }],
    ['DELETE', `/rooms/argon/frames/${ids[0]}`, undefined],
    ['POST', '/rooms/argon/commit', { ops: [{ op: 'remove', id: ids[0], base_version: 1 }] }],
    ['POST', '/rooms/argon/undo', { seq }],
    ['POST', '/rooms/argon/locks', { name: 'x' }],
    ['DELETE', '/rooms/argon', undefined],
  ] as const;
  for (const [method, path, body] of writes) {
    expect((await send(method, path, body, wanted)).status, `${method} ${path}`).toBe(406);
  }
  expect([room.seq, room.listLocks(), await rooms.has('neon'), await rooms.has('argon')]).toEqual([
    seq,
    [],
    false,
    true,
  ]);
});
