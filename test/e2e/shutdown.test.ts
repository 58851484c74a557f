import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { frameArray } from '../../src/protocol/frames.ts';
import { openRoom } from '../../src/room/open-room.ts';
import { startCovalence } from './covalence-process.ts';

const WRITERS = 4;

it(`[V253] SIGTERM under ${WRITERS} writers ends within 10 s, and everything acknowledged is there after`, async () => {
  const covalence = await startCovalence(['demo/data/droplets.xyz.gz']);
  onTestFinished(() => covalence.close());
  const stored: string[] = [];
  const committed = new Map<string, number>();
  const ending = new AbortController();
  const writer = async (number: number): Promise<void> => {
    await using room = await openRoom(covalence.url, { user: { name: `Writer ${number}` } });
    const frame = await room.frames.read(number, { data: ['positions'] });
    const { positions } = frame.data;
    if (typeof positions !== 'object') throw new Error('no positions');
    let { version } = frame;
    const shared = (async () => {
      for (let count = 0; !ending.signal.aborted; count += 1) {
        const key = `note.w${number}-${count}`;
        room.state.ref(key).set({ count });
        await room.state.whenSaved();
        stored.push(key);
      }
    })();
    const frames = (async () => {
      for (let count = 1; !ending.signal.aborted; count += 1) {
        const moved = frameArray(
          Float64Array.from(positions.data, (x) => x + count / 100),
          positions.shape,
        );
        const commit = await room.frames.write(frame.id, { positions: moved }, { baseVersion: version });
        version = commit.frames[frame.id].version;
        committed.set(frame.id, version);
      }
    })();
    // The end reaches both in the middle of something; what was acknowledged until then is what counts.
    await Promise.allSettled([shared, frames]);
  };
  const writers = Promise.allSettled(Array.from({ length: WRITERS }, (_, number) => writer(number)));
  await expect.poll(() => stored.length > 200 && committed.size === WRITERS, { timeout: 60_000 }).toBe(true);
  const ended = covalence.end('SIGTERM');
  for (const signal of ['SIGTERM', 'SIGTERM'] as const) process.kill(covalence.pid, signal);
  const { code, tookMs } = await ended;
  ending.abort();
  expect([code, covalence.errors()]).toEqual([0, '']);
  expect(tookMs).toBeLessThan(10_000);
  // Writers that wait for a server that is gone are given up.
  await Promise.race([writers, new Promise((resolve) => setTimeout(resolve, 2_000))]);

  await covalence.restart();
  await using room = await openRoom(covalence.url);
  expect(stored.filter((key) => !room.state.has(key))).toEqual([]);
  for (const [id, version] of committed) {
    const { headers } = await fetch(`${covalence.base}/v1/rooms/droplets/frames/${id}?data=energy`);
    const found = headers.get('etag') ?? '';
    expect(Number(found.replace(/\D/g, ''))).toBeGreaterThanOrEqual(version);
  }
});

it('[V254] covalence token prints links for looking and for editing that the server takes', async () => {
  const env = { COVALENCE_AUTH_SECRET: 'a secret of at least thirty-two bytes' };
  const covalence = await startCovalence(['demo/data/droplets.xyz.gz', '--log-level', 'info'], { env });
  onTestFinished(() => covalence.close());
  const run = async (...words: string[]): Promise<string> => {
    const all = ['dist/server/cli/main.js', 'token', ...words, '--url', covalence.base];
    return (await promisify(execFile)(process.execPath, all, { env: { ...process.env, ...env } })).stdout;
  };
  const printed = await run('droplets', '--name', 'Ada', '--expires', '30m');
  const [look, edit] = [...printed.matchAll(/➜ {2}(\S+)/g)].map(([, link]) => link);
  expect(printed).toContain('For Ada, in "droplets", until');
  await using viewer = await openRoom(look);
  await using editor = await openRoom(edit);
  expect([viewer.can('write'), editor.can('write'), editor.can('admin')]).toEqual([false, true, false]);
  editor.state.ref('note.a').set({ text: 'hello' });
  await expect.poll(() => viewer.state.get('note.a')).toEqual({ text: 'hello' });
  const admin = /token (\S+)/.exec(await run('*', '--can', 'read,admin'))?.[1] ?? '';
  const headers = { authorization: `Bearer ${admin}` };
  expect((await fetch(`${covalence.base}/v1/rooms`, { headers })).status).toBe(200);
  expect((await fetch(`${covalence.base}/v1/rooms`)).status).toBe(401);
  expect((await fetch(`${covalence.base}/v1/rooms?token=${admin}`)).status).toBe(200);
  expect(covalence.errors()).toContain('/v1/rooms');
  for (const link of [look, edit, admin]) expect(covalence.output()).not.toContain(link.split('token=').at(-1));
});
