import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';

/** A real `covalence` process with its own data directory. */
export interface CovalenceProcess {
  /** The printed address of the first room. */
  readonly url: string;
  readonly base: string;
  readonly dataDirectory: string;
  readonly pid: number;
  /** Everything it printed. */
  output(): string;
  /** What it wrote to standard error: its log. */
  errors(): string;
  /** SIGKILL: no chance to say goodbye. */
  kill(): Promise<void>;
  /** Ends it by a signal: its exit code, and how long that took. */
  end(signal: NodeJS.Signals): Promise<{ code: number | null; tookMs: number }>;
  /** The same command on the same port and data. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the built command line as a person would; resolves when it has printed its address. */
export async function startCovalence(
  args: readonly string[],
  options: { host?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<CovalenceProcess> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'covalence-e2e-'));
  const port = await freePort();
  let child: ChildProcess;
  let output = '';
  let errors = '';
  let url = '';

  async function launch(): Promise<void> {
    const words = ['dist/server/cli/main.js', ...args, '--port', String(port), '--data', dataDirectory];
    if (options.host !== undefined) words.push('--host', options.host);
    child = spawn(process.execPath, words, {
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    url = await new Promise<string>((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        text += chunk.toString();
        output += chunk.toString();
        const match = /(https?:\/\/\S+)/.exec(text);
        if (match !== null) resolve(match[1]);
      };
      child.stdout?.on('data', read);
      child.stderr?.on('data', read);
      child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
      child.once('exit', (code) =>
        reject(new Error(`covalence ended with ${code} before it printed an address:\n${text}`)),
      );
    });
  }
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  await launch();
  return {
    get url() {
      return url;
    },
    get base() {
      return new URL(url).origin;
    },
    dataDirectory,
    get pid() {
      return child.pid ?? 0;
    },
    output: () => output,
    errors: () => errors,
    async end(signal) {
      const startedMs = Date.now();
      await stop(signal);
      return { code: child.exitCode, tookMs: Date.now() - startedMs };
    },
    kill: () => stop('SIGKILL'),
    restart: launch,
    async close() {
      await stop('SIGTERM');
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}
