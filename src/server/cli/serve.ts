import { once } from 'node:events';
import { basename } from 'node:path';
import pino from 'pino';
import { CovalenceError } from '../../protocol/errors.ts';
import { isLoopback, tokenOf } from '../printed-link.ts';
import { type CovalenceServer, createServer } from '../server.ts';
import type { ServeArguments } from './arguments.ts';
import { progressLine } from './progress-line.ts';

/** Listens, or says who has the port. */
async function listen(server: CovalenceServer, port: number): Promise<void> {
  try {
    await server.listen();
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause;
    const why =
      cause.code === 'EADDRINUSE'
        ? `port ${port} is taken by another program. Choose one with --port, or --port 0 for a free one`
        : cause.message;
    throw new CovalenceError('command/invalid', `Cannot listen: ${why}.`, { port }, { cause });
  }
}

/** `covalence serve`: opens the files, prints one address and serves until it is told to end. */
export async function serve(files: readonly string[], options: ServeArguments): Promise<void> {
  const log = pino({ level: options.verbose ? 'info' : 'warn' }, pino.destination({ dest: 2, sync: true }));
  const needsToken = options.token !== undefined || (!isLoopback(options.host) && !options.noToken);
  const token = needsToken ? (options.token ?? (await tokenOf(options.dataDirectory))) : undefined;
  const server = await createServer({
    port: options.port,
    host: options.host,
    dataDirectory: options.dataDirectory,
    redis: options.redis,
    basePath: options.basePath,
    allowOrigins: options.allowOrigins,
    follow: options.follow,
    token,
    isOpen: options.noToken,
    defaultRoom: options.defaultRoom,
    log,
  });
  const print = (text: string): void => void process.stdout.write(text);
  try {
    await listen(server, options.port);
    const names: string[] = [];
    for (const file of files) {
      const name = await server.openFile(file);
      names.push(name);
      await progressLine(server, name, basename(file), process.stdout);
    }
    const first = names.at(0) ?? options.defaultRoom;
    print(
      `\n  Covalence is running\n\n  ➜  ${first === undefined ? server.link('').replace(/\/r\//, '/') : server.link(first)}\n`,
    );
    for (const name of names.slice(1)) print(`     ${server.link(name)}\n`);
    if (token !== undefined) print('\n  Whoever has the link can look and edit. Send it only to people you trust.\n');
    if (options.noToken && !isLoopback(options.host))
      print('\n  Everybody who reaches this machine can look and edit (--no-token).\n');
    print(
      `\n  ${options.dataDirectory === undefined ? 'Nothing is kept on disk (--memory).' : `Rooms and edits are kept in ${options.dataDirectory}`}\n  Ctrl-C ends it.\n\n`,
    );
  } catch (error) {
    await server.close();
    throw error;
  }
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  print('\n  Closing: storing what is left …\n');
  await server.close();
}
