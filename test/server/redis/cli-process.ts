import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { build } from 'vite';

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** As deep as the built one, which reads its version from package.json. */
const bundle = `${root}node_modules/.cache/covalence-test/`;

/** Builds a program of the sources, so that tests run it in a process without a build of the package. */
export async function buildProgram(source: string, name: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: root + source,
      outDir: bundle,
      emptyOutDir: false,
      minify: false,
      target: 'node20',
      rollupOptions: {
        output: { entryFileNames: `${name}.mjs`, chunkFileNames: `${name}-[name].mjs` },
        external: ['h5wasm', 'h5wasm/node', 'y-redis'],
      },
    },
    ssr: { noExternal: true },
  });
  return `${bundle}${name}.mjs`;
}

/** A program that runs. */
export interface Running {
  child: ChildProcess;
  /** The first match in what it prints. */
  says(pattern: RegExp): Promise<string>;
  kill(): Promise<void>;
  pause(): void;
  resume(): void;
}

/** Runs a program; it is killed with the test. */
export function runProgram(
  path: string,
  args: readonly string[],
  options: { uid?: number; gid?: number } = {},
): Running {
  const child = spawn(process.execPath, [path, ...args], { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  const waiting = new Set<() => void>();
  child.stdin.on('error', () => undefined);
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      for (const wake of waiting) wake();
    });
  }
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  onTestFinished(kill);
  return {
    child,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const wake = (): void => {
          const match = pattern.exec(output);
          if (match !== null) resolve(match[0]);
        };
        waiting.add(wake);
        child.once('exit', (code) => reject(new Error(`it ended with ${code}:\n${output}`)));
        wake();
      }),
    kill,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
  };
}

/** One address before several servers: a connection goes to the first that takes it. */
export async function balancer(ports: readonly number[]): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client);
    client.on('error', () => undefined);
    const attempt = (index: number): void => {
      const port = ports[index];
      if (port === undefined) {
        client.destroy();
        return;
      }
      const upstream = connect(port, '127.0.0.1');
      sockets.add(upstream);
      const next = (): void => attempt(index + 1);
      upstream.once('error', next);
      upstream.once('connect', () => {
        upstream.off('error', next);
        upstream.on('error', () => client.destroy());
        client.pipe(upstream).pipe(client);
        client.once('close', () => upstream.destroy());
        upstream.once('close', () => client.destroy());
      });
    };
    attempt(0);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}
