import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { canonicalBytes } from '../../../src/data/hash.ts';
import { createDataRooms, fileRoomStorage, lockDirectory, type RoomData } from '../../../src/server/data/index.ts';
import { scratchDirectory } from './store-fixture.ts';
import { seeded } from './seeded.ts';

let child = '';

beforeAll(async () => {
  const here = fileURLToPath(new URL('.', import.meta.url));
  child = fileURLToPath(new URL('../../../node_modules/.cache/covalence-test/writing-child.mjs', import.meta.url));
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(here, 'writing-child.ts'),
      outDir: join(child, '..'),
      emptyOutDir: false,
      minify: false,
      target: 'node20',
      rollupOptions: { output: { entryFileNames: 'writing-child.mjs' } },
    },
    ssr: { noExternal: true },
  });
});

interface Run {
  process: ChildProcess;
  /** What was acknowledged, as the child said it. */
  said: string[];
  ended: Promise<void>;
}

function run(directory: string, seed: number, env: Record<string, string> = {}): Run {
  const started = spawn(process.execPath, [child, directory, String(seed)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void started.kill('SIGKILL'));
  const said: string[] = [];
  let rest = '';
  started.stdout.on('data', (piece: Buffer) => {
    const lines = (rest + piece.toString()).split('\n');
    rest = lines.pop() ?? '';
    said.push(...lines);
  });
  const ended = new Promise<void>((resolve) => started.once('close', () => resolve()));
  return { process: started, said, ended };
}

/** Opens what the child left and compares it with what it said. Returns the number of acknowledged commits. */
async function check(directory: string, said: readonly string[], note: string): Promise<number> {
  const rooms = createDataRooms({ storage: await fileRoomStorage({ directory }) });
  try {
    const acknowledged = said.filter((line) => !line.startsWith('ready'));
    if (acknowledged.length === 0) return 0;
    const room = await rooms.get('crash');
    const seen = new Set<string>();
    for (const line of acknowledged) {
      const [id, version, hash] = line.split(' ');
      expect(seen.has(`${id} ${version}`), `${note}: ${id} ${version} was acknowledged twice`).toBe(false);
      seen.add(`${id} ${version}`);
      const frame = await room.frameById(id, { version: Number(version), data: ['positions'] });
      expect(frame.hashes['positions'], `${note}: ${line}`).toBe(hash);
      expect(sha256(frame.data['positions']), `${note}: ${line}`).toBe(hash);
    }
    await expectWhole(room, note);
    return acknowledged.length;
  } finally {
    await rooms.close();
  }
}

/** Every version of every frame, acknowledged or not, has its bytes. */
async function expectWhole(room: RoomData, note: string): Promise<void> {
  for (const { id, version } of room.order(0, 1_000).frames) {
    for (let each = 1; each <= version; each += 1) {
      const { data, hashes } = await room.frameById(id, { version: each });
      expect(sha256(data['positions']), `${note}: ${id} ${each}`).toBe(hashes['positions']);
    }
  }
}

function sha256(value: Parameters<typeof canonicalBytes>[0]): string {
  return createHash('sha256').update(canonicalBytes(value)).digest('hex');
}

test('[D7] nothing that 8 writers were told is lost when the process is killed at random times', async () => {
  const seed = Number(process.env['SEED'] ?? 11);
  const random = seeded(seed);
  const directory = await scratchDirectory();
  const said: string[] = [];
  let total = 0;
  for (let round = 0; round < 6; round += 1) {
    const writing = run(directory, seed + round);
    const enough = 20 + Math.floor(random() * 300);
    await expect.poll(() => writing.said.length, { timeout: 60_000, interval: 1 }).toBeGreaterThan(enough);
    writing.process.kill('SIGKILL');
    await writing.ended;
    said.push(...writing.said);
    total = await check(directory, said, `seed ${seed} round ${round}`);
  }
  expect(total).toBeGreaterThan(300);
});

test('[D7] nothing acknowledged is lost when the process dies before, within or after any write and sync', async () => {
  const directory = await scratchDirectory();
  const said: string[] = [];
  let total = 0;
  for (let killAt = 1; killAt <= 24; killAt += 1) {
    const writing = run(directory, 100 + killAt, { KILL_AT: String(killAt) });
    await writing.ended;
    expect(writing.process.signalCode, `step ${killAt}`).toBe('SIGKILL');
    said.push(...writing.said);
    total = await check(directory, said, `step ${killAt}`);
  }
  expect(total).toBeGreaterThan(24);
});

test('[D20] a directory in use names the process that has it; after kill -9 it is taken over', async () => {
  const directory = await scratchDirectory();
  const writing = run(directory, 1);
  await expect.poll(() => writing.said[0], { timeout: 60_000, interval: 5 }).toMatch(/^ready/);
  const pid = Number(writing.said[0].split(' ')[1]);
  await expect(fileRoomStorage({ directory })).rejects.toMatchObject({
    code: 'store/in-use',
    message: expect.stringContaining(String(pid)) as string,
    fields: { pid },
  });
  writing.process.kill('SIGKILL');
  await writing.ended;
  const storage = await fileRoomStorage({ directory });
  await expect(fileRoomStorage({ directory })).rejects.toMatchObject({
    code: 'store/in-use',
    fields: { pid: process.pid },
  });
  await storage.close();
});

test('[D20] a lock that says nothing, or a process that began at another time, is taken over by exactly one', async () => {
  for (const stale of ['', 'not json', '{"pid":1,"started":"never"}', `{"pid":${process.pid},"started":"0"}`]) {
    const directory = await scratchDirectory();
    await writeFile(join(directory, 'lock'), stale);
    const answers = await Promise.allSettled([1, 2, 3].map(() => lockDirectory(directory)));
    const taken = answers.filter((answer) => answer.status === 'fulfilled');
    expect(taken, stale).toHaveLength(1);
    await taken[0].value.release();
  }
});
