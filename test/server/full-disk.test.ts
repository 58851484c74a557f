import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { lockDirectory } from '../../src/server/data/index.ts';
import { createServer } from '../../src/server/server.ts';
import { buildProgram, runProgram } from './redis/cli-process.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const FILE_TYPE = { 'content-type': 'application/octet-stream' };
let program: string;
beforeAll(async () => {
  program = await buildProgram('src/server/cli/main.ts', 'covalence-cli');
}, 120_000);

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'covalence-full-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A disk of 8 MB; undefined where none can be mounted. */
async function smallDisk(): Promise<string | undefined> {
  const directory = await folder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', directory], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  onTestFinished(() => void execFileSync('umount', ['-l', directory]));
  return directory;
}

/** `count` frames of 5,000 atoms that no two files have in common. */
const xyz = (count: number, seed: number): string =>
  Array.from(
    { length: count },
    (_, f) => `5000\n\n${Array.from({ length: 5_000 }, (_, i) => `Ar ${i} ${f} ${seed}`).join('\n')}\n`,
  ).join('');

const post = (url: string, body: string, headers = JSON_TYPE): Promise<Response> =>
  fetch(url, { method: 'POST', headers, body });

test('[D211] on a disk that is full every write is refused with 507 and leaves nothing that fills it; reads go on, and so does everything once there is room', async (context) => {
  const disk = await smallDisk();
  if (disk === undefined)
    return context.skip('no file system can be mounted here (that takes root): nothing was tried on a full disk');
  const data = join(disk, 'data');
  const server = await createServer({ port: 0, dataDirectory: data });
  await server.listen();
  onTestFinished(() => server.close());
  const rooms = `${server.url}/v1/rooms`;
  expect((await post(rooms, '{"name":"argon"}')).status).toBe(201);
  expect((await post(`${rooms}/argon/frames`, '{"energy":1}')).status).toBe(201);
  const used = async (): Promise<number> => {
    const { stdout } = await promisify(execFile)('df', ['--output=used', '-k', disk]);
    return Number(stdout.split('\n')[1]);
  };
  const before = await used();
  // The file fits where it is kept, its frames do not fit beside it.
  const refused = await post(`${rooms}/argon/import?name=a.xyz`, xyz(75, 1), FILE_TYPE);
  expect([refused.status, await refused.json()]).toMatchObject([507, { code: 'store/full' }]);
  await expect.poll(used).toBeLessThan(before + 300);
  expect((await post(`${rooms}/argon/import?name=a.xyz`, xyz(10, 2), FILE_TYPE)).status).toBe(201);

  await writeFile(join(disk, 'filler'), Buffer.alloc(16_000_000)).catch(() => undefined);
  const none = await post(rooms, '{"name":"neon"}');
  expect([none.status, await none.json()]).toMatchObject([507, { code: 'store/full' }]);
  expect(((await (await fetch(rooms)).json()) as { rooms: unknown[] }).rooms).toMatchObject([
    { name: 'argon', count: 11 },
  ]);
  const big = JSON.stringify({
    positions: { dtype: '<f4', shape: [3_000, 3], data: Array.from({ length: 9_000 }, () => 7) },
  });
  expect((await post(`${rooms}/argon/frames`, big)).status).toBe(507);
  expect((await fetch(`${rooms}/argon/frames?index=:`)).status).toBe(200);
  // A second program says what the matter is, in a sentence.
  const start = runProgram(program, ['serve', '--port', '0', '--data', join(disk, 'other')]);
  await expect(start.says(/never/)).rejects.toThrow(/covalence: [^\n]*no space left[^\n]*--data/);
  await expect(lockDirectory(join(disk, 'taken'))).rejects.toMatchObject({ code: 'store/full' });

  await rm(join(disk, 'filler'));
  expect((await post(rooms, '{"name":"neon"}')).status).toBe(201);
  expect((await post(`${rooms}/argon/frames`, big)).status).toBe(201);
});

test('[D212] a server that is killed in the middle of a file being sent, read into frames or written out leaves whole commits and no file behind', async () => {
  const data = await folder();
  const start = () => runProgram(program, ['serve', '--port', '0', '--data', data]);
  const urlOf = async (server: ReturnType<typeof start>) => new URL(await server.says(/http:\/\/[\d.:a-z]+/));
  let server = start();
  let url = await urlOf(server);
  const file = xyz(60, 3);
  expect((await post(`${url.origin}/v1/rooms`, '{"name":"argon"}')).status).toBe(201);
  expect((await post(`${url.origin}/v1/rooms/argon/import?name=a.xyz`, xyz(20, 4), FILE_TYPE)).status).toBe(201);
  const scratch = join(data, 'frames', 'scratch');
  const head = (asked: string, extra = ''): string => `${asked} HTTP/1.1\r\nhost: ${url.host}\r\n${extra}\r\n`;
  const send = async (text: string) => {
    const socket = connect(Number(url.port), '127.0.0.1');
    socket.on('error', () => undefined);
    onTestFinished(() => void socket.destroy());
    socket.write(text);
    return socket;
  };
  const importing = head(
    'POST /v1/rooms/argon/import?name=b.xyz',
    `content-type: application/octet-stream\r\ncontent-length: ${file.length}\r\n`,
  );
  for (const moment of ['half sent', 'all sent', 'being exported']) {
    if (moment === 'being exported') {
      const socket = await send(head('GET /v1/rooms/argon/export?format=extxyz'));
      await once(socket, 'data');
      socket.pause();
    } else {
      const socket = await send(importing + file.slice(0, moment === 'half sent' ? file.length >> 1 : file.length));
      let isAnswered = false;
      socket.once('data', () => (isAnswered = true));
      const isUnderWay = async (): Promise<boolean> => (await readdir(scratch).catch(() => [])).length === 1;
      // On a busy machine it may be over before anybody looked.
      await expect.poll(async () => isAnswered || isUnderWay()).toBe(true);
    }
    await server.kill();
    const { stdout } = await promisify(execFile)(process.execPath, [program, 'fsck', '--data', data]);
    expect(stdout, moment).toContain('All is well.');
    server = start();
    url = await urlOf(server);
    const { count } = (await (await fetch(`${url.origin}/v1/rooms/argon`)).json()) as { count: number };
    // What was wholly sent may have become frames before the kill, all of them or none.
    expect([20, 80], moment).toContain(count);
    expect(await readdir(scratch).catch(() => []), moment).toEqual([]);
  }
}, 120_000);
