import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { dataToWire } from '../../src/data/frame-codec.ts';
import { encodeMsgpack } from '../../src/data/msgpack.ts';
import { frameArray } from '../../src/protocol/frames.ts';
import { buildProgram, runProgram } from './redis/cli-process.ts';

const CROWD = process.env['COVALENCE_LONG'] === '1' ? 200 : 50;
const ATOMS = 1_000_000;
const FRAMES = 17;
const JSON_TYPE = { 'content-type': 'application/json' };

test(`[V354] a server process among ${CROWD} stalled readers and uploads of each of eight kinds (200 in the long tests) answers and commits for everybody else, and stays small`, async (context) => {
  const directory = await mkdtemp(join(tmpdir(), 'covalence-crowd-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const program = await buildProgram('src/server/cli/main.ts', 'covalence-cli');
  const server = runProgram(program, ['serve', '--port', '0', '--data', directory]);
  const { host, port, origin } = new URL(await server.says(/http:\/\/[\d.:a-z]+/));
  const room = `${origin}/v1/rooms/argon`;
  const status = await readFile(`/proc/${server.child.pid}/status`, 'utf8').catch(() => undefined);
  if (status === undefined) return context.skip('the memory of a process is read from /proc, which is not here');
  const megabytes = async (): Promise<number> => {
    const text = await readFile(`/proc/${server.child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(text)?.[1]) / 1024;
  };
  const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = JSON_TYPE) =>
    fetch(`${room}${path}`, { method: 'POST', headers, body });
  expect(
    (await fetch(`${origin}/v1/rooms`, { method: 'POST', headers: JSON_TYPE, body: '{"name":"argon"}' })).status,
  ).toBe(201);
  const data = dataToWire({ positions: frameArray(new Float32Array(3 * ATOMS).fill(2), [ATOMS, 3]) });
  // An answer of 204 MB.
  const frames = encodeMsgpack(Array.from({ length: FRAMES }, () => data));
  expect((await post('/frames', frames, { 'content-type': 'application/x-msgpack' })).status).toBe(201);
  const { ids } = (await (await post('/frames', '{"energy":1}')).json()) as { ids: string[] };
  const hash = /[0-9a-f]{64}/.exec(await (await fetch(`${room}/log`)).text())?.[0] ?? '';
  const before = await megabytes();

  const crowd = async (asked: string, headers: string, begin = ''): Promise<void> => {
    const sockets = await Promise.all(
      Array.from({ length: CROWD }, async () => {
        const socket: Socket = connect(Number(port), '127.0.0.1');
        socket.on('error', () => undefined);
        onTestFinished(() => void socket.destroy());
        socket.pause();
        await once(socket, 'connect');
        socket.write(`${asked} HTTP/1.1\r\nhost: ${host}\r\n${headers}\r\n${begin}`, 'latin1');
        return socket;
      }),
    );
    people += sockets.length;
    // A connection is there before the server has taken it.
    const taken = async (): Promise<number> => {
      const text = await (await fetch(`${origin}/metrics`)).text();
      return Number(/^covalence_connections (\d+)$/m.exec(text)?.[1]);
    };
    await expect.poll(taken, { timeout: 60_000 }).toBeGreaterThan(people);
  };
  let people = 0;
  const figures: string[] = [];
  const during = async (what: string): Promise<void> => {
    // Somebody else's work is done meanwhile, and is not in a queue behind theirs.
    for (let i = 0; i < 5; i += 1) expect((await post('/frames', '{"energy":2}')).status).toBe(201);
    expect((await fetch(`${room}/frames/${ids[0]}`)).status).toBe(200);
    figures.push(`${what} ${(await megabytes()).toFixed(0)}`);
  };
  const announced = (type: string): string => `content-type: application/${type}\r\ncontent-length: 10000000\r\n`;
  const text = 'x'.repeat(100_000);
  const base = '/v1/rooms/argon';
  await crowd(`GET ${base}/frames?index=0:${FRAMES}`, '');
  await during('frames as msgpack');
  await crowd(`GET ${base}/frames?index=0:${FRAMES}`, 'accept: application/vnd.covalence.frames\r\n');
  await during('as a stream');
  await crowd(`GET ${base}/blobs/sha256/${hash}`, '');
  await during('blobs');
  await crowd(`GET ${base}/export?format=extxyz`, '');
  await during('exports');
  await crowd(`GET ${base}/zarr/head/particles/all/position/value/0/0/0`, '');
  await during('zarr chunks');
  await crowd(`POST ${base}/frames`, announced('x-msgpack'), `\x81\xa9info.text\xdb\x00\x0e\x00\x00${text}`);
  await during('frames sent');
  await crowd(`POST ${base}/import?name=a.xyz`, announced('octet-stream'), `1\n\n${text}`);
  await during('files sent');
  await crowd(`PATCH ${base}/frames/${ids[0]}`, announced('json'), `{"info.text":"${text}`);
  await during('changes sent');
  const patch = { method: 'PATCH', headers: { ...JSON_TYPE, 'if-match': '"v1"' }, body: '{"energy":3}' };
  expect((await fetch(`${room}/frames/${ids[0]}`, patch)).status).toBe(200);
  process.stdout.write(`V354: MB of the process, ${before.toFixed(0)} before: ${figures.join(', ')}\n`);
  expect(await megabytes()).toBeLessThan(before + 8 * CROWD);
  const files = async (): Promise<number> => (await readdir(join(directory, 'frames', 'scratch'))).length;
  await expect.poll(files, { timeout: 60_000 }).toBe(CROWD);
}, 240_000);
