import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePort } from '../../free-port.ts';

/** A real redis-server on a port of its own. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  start(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGSTOP: the connections stay, nothing answers. */
  pause(): void;
  resume(): void;
  /** FLUSHALL, by a connection of its own. */
  empty(): Promise<void>;
  /** Another server, on a copy of what this one has on disk. */
  copy(): Promise<RedisServer>;
  /** While it is killed: cuts the append-only file off behind this share of it. */
  tear(share: number): Promise<void>;
  /** From now on no file of it may grow; or may again. */
  fillDisk(isFull: boolean): Promise<void>;
  /** One command in words; the raw answer. */
  ask(...words: string[]): Promise<string>;
}

export interface RedisServerOptions {
  /** Keeps everything in an append-only file, synced before each answer. */
  isKept?: boolean;
  /** What it begins with. */
  from?: string;
}

/** Starts a server that ends with the test. */
export async function startRedis({ isKept = false, from }: RedisServerOptions = {}): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), 'covalence-redis-'));
  if (from !== undefined) await cp(from, directory, { recursive: true });
  const port = await freePort();
  let child: ChildProcess | undefined;

  const ask = async (...words: string[]): Promise<string> => {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      socket.write(`*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      return answer.toString().trim();
    } finally {
      socket.destroy();
    }
  };
  const isUp = async (): Promise<boolean> => {
    try {
      return (await ask('PING')) === '+PONG';
    } catch {
      return false;
    }
  };
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  const start = async (): Promise<void> => {
    const keeping = isKept ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no'];
    // A file that may not grow is then an error to it and not the end.
    child = spawn(
      'sh',
      [
        '-c',
        'trap "" XFSZ; exec "$@"',
        'sh',
        process.env['REDIS_SERVER'] ?? 'redis-server',
        '--port',
        String(port),
        '--bind',
        '127.0.0.1',
        '--dir',
        directory,
        '--save',
        '',
        ...keeping,
      ],
      { stdio: 'ignore' },
    );
    const failed = once(child, 'error').then(([error]) => {
      throw error;
    });
    failed.catch(() => undefined);
    while (!(await isUp())) {
      if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
      await Promise.race([failed, new Promise((resolve) => setTimeout(resolve, 20))]);
    }
  };
  await start();
  onTestFinished(async () => {
    await kill();
    await rm(directory, { recursive: true, force: true });
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    start,
    kill,
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async empty() {
      await ask('FLUSHALL');
    },
    copy: () => startRedis({ isKept, from: directory }),
    async tear(share) {
      const folder = join(directory, 'appendonlydir');
      const name = (await readdir(folder)).find((each) => each.endsWith('.incr.aof'));
      if (name === undefined) throw new Error('no append-only file');
      const { size } = await stat(join(folder, name));
      await truncate(join(folder, name), Math.floor(size * share));
    },
    async fillDisk(isFull) {
      const limited = spawn('prlimit', [
        '--pid',
        String(child?.pid),
        `--fsize=${isFull ? '1' : 'unlimited'}:unlimited`,
      ]);
      const [code] = (await once(limited, 'exit')) as [number];
      if (code !== 0) throw new Error(`prlimit ended with ${code}`);
    },
    ask,
  };
}

/** Resolves once `condition` holds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}
