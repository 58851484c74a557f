import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';

/** A running nginx. */
export interface NginxProcess {
  port: number;
  /** What it wrote to its access log. */
  accessLog(): Promise<string>;
  close(): Promise<void>;
}

/** Runs docs/nginx.conf as it is, but for the two ports. */
export async function startNginx(backendPort: number): Promise<NginxProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'covalence-nginx-'));
  const port = await freePort();
  const documented = await readFile(new URL('../../docs/nginx.conf', import.meta.url), 'utf8');
  const changed = documented
    .replace('listen 80;', `listen 127.0.0.1:${port};`)
    .replace('127.0.0.1:8080', `127.0.0.1:${backendPort}`);
  if (changed.match(/127\.0\.0\.1:\d+/g)?.length !== 2)
    throw new Error('docs/nginx.conf has other ports than the test knows');
  await writeFile(join(folder, 'covalence.conf'), changed);
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  await writeFile(
    join(folder, 'nginx.conf'),
    `daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr warn;\nevents {}\n` +
      `http { ${places.join(' ')} access_log ${folder}/access.log; include ${folder}/covalence.conf; }\n`,
  );
  const program = process.env['NGINX'] ?? '/usr/sbin/nginx';
  const child: ChildProcess = spawn(program, ['-p', folder, '-c', join(folder, 'nginx.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const exited = once(child, 'exit');
  exited.catch(() => undefined);
  for (let attempt = 0; ; attempt += 1) {
    const isUp = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (isUp) break;
    if (child.exitCode !== null || attempt > 200) throw new Error(`nginx does not answer: ${complaints}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    port,
    accessLog: () => readFile(join(folder, 'access.log'), 'utf8'),
    async close() {
      child.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
