import { basename } from 'node:path';
import pino from 'pino';
import { systemClock } from '../../protocol/clock.ts';
import { CovalenceError } from '../../protocol/errors.ts';
import { isLoopback, tokenOf } from '../printed-link.ts';
import { type CovalenceServer, createServer } from '../server.ts';
import { openTrajectory } from '../../data/formats/open-trajectory.ts';
import { fileSource } from '../data/file-source.ts';
import { readerFor, type SourceReading } from '../data/source-reading.ts';
import type { ServeArguments } from './arguments.ts';
import { openEach } from './open-each.ts';
import { type FileToOpen, pairFiles } from './pair-files.ts';
import { progressLine } from './progress-line.ts';

/** Orchestrators kill after 10 s; until then everything has to be stored. */
const CLOSE_MS = 9_500;

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

/** The files that can be opened, with their topologies; the others are told. Rejects when there is none. */
async function readableFiles(
  files: readonly string[],
  reading: SourceReading,
  tell: (sentence: string) => void,
): Promise<FileToOpen[]> {
  return openEach(
    await pairFiles(files, reading, tell),
    async (file) => {
      const source = await fileSource(file.path);
      try {
        const trajectory = await (await readerFor(openTrajectory, file.reading, undefined))(source);
        await trajectory.close();
      } finally {
        await source.close();
      }
      return file;
    },
    tell,
  );
}

/** `covalence serve`: opens the files, prints one address and serves until it is told to end. */
export async function serve(
  files: readonly string[],
  reading: SourceReading,
  options: ServeArguments,
  version: string,
): Promise<void> {
  const print = (text: string): void => void process.stdout.write(text);
  const tell = (sentence: string): void => void process.stderr.write(`covalence: ${sentence}\n`);
  // What is wrong with the files is said before anything is made or listened to.
  const readable = await readableFiles(files, reading, tell);
  const log = pino({ level: options.logLevel }, pino.destination({ dest: 2, sync: true }));
  const isPublic = !isLoopback(options.host) || options.trustProxy;
  const isSigned = options.authSecret !== undefined;
  const needsToken = !isSigned && (options.token !== undefined || (isPublic && !options.noToken));
  const linkToken = isSigned || options.noToken ? undefined : (options.token ?? (await tokenOf(options.dataDirectory)));
  const token = needsToken ? linkToken : undefined;
  const server = await createServer({
    port: options.port,
    host: options.host,
    dataDirectory: options.dataDirectory,
    redis: options.redis,
    basePath: options.basePath,
    allowOrigins: options.allowOrigins,
    follow: options.follow,
    publicUrl: options.publicUrl,
    trustProxy: options.trustProxy,
    token,
    authSecret: options.authSecret,
    oldAuthSecrets: options.oldAuthSecrets,
    // A server of this machine may be behind a proxy without having been told: then the link of that way has a token.
    proxyToken: token === undefined ? linkToken : undefined,
    onProxied: () =>
      print(`\n  Somebody came through a proxy. From there the link needs  #token=${linkToken ?? ''}\n\n`),
    isOpen: options.noToken,
    defaultRoom: options.defaultRoom,
    limits: {
      connections: options.maxConnections,
      connectionsPerRoom: options.maxRoomConnections,
      rooms: options.maxRooms,
      keysPerRoom: options.maxKeys,
      uploadByteLength: options.maxUploadByteLength,
    },
    patienceMs: options.patienceMs,
    version,
    log,
  });
  try {
    await listen(server, options.port);
    const open = async ({ path, reading: how }: FileToOpen): Promise<string> => {
      const name = await server.openFile(path, undefined, how);
      const topology = how.topology === undefined ? '' : ` with ${basename(how.topology)}`;
      await progressLine(server, name, basename(path) + topology, process.stdout);
      return name;
    };
    const names = await openEach(readable, open, tell);
    const first = names.at(0) ?? options.defaultRoom;
    print(
      `\n  Covalence is running\n\n  ➜  ${first === undefined ? server.link('').replace(/\/r\//, '/') : server.link(first)}\n`,
    );
    for (const name of names.slice(1)) print(`     ${server.link(name)}\n`);
    if (token !== undefined) print('\n  Whoever has the link can look and edit. Send it only to people you trust.\n');
    if (isSigned)
      print('\n  Everybody needs a token: "covalence token ROOM" makes links for looking and for editing.\n');
    if (options.noToken && isPublic) print('\n  Everybody who reaches this machine can look and edit (--no-token).\n');
    print(
      `\n  ${options.dataDirectory === undefined ? 'Nothing is kept on disk (--memory).' : `Rooms and edits are kept in ${options.dataDirectory}`}\n  Ctrl-C ends it.\n\n`,
    );
  } catch (error) {
    await server.close();
    throw error;
  }
  const interrupts = onSignals(() => {
    process.stderr.write('covalence: ended at once; what was not called stored may be missing.\n');
    process.exit(130);
  });
  await interrupts;
  print('\n  Closing: storing what is left …\n');
  systemClock.after(CLOSE_MS, () => {
    process.stderr.write(`covalence: not everything could be stored within ${CLOSE_MS / 1_000} s.\n`);
    process.exit(1);
  });
  await server.close();
}

/** Resolves at the first SIGINT or SIGTERM. Later ones are passed over, but for a second Ctrl-C: that person means it. */
function onSignals(onImpatience: () => void): Promise<void> {
  return new Promise((resolve) => {
    let isEnding = false;
    const end = (signal: NodeJS.Signals): void => {
      if (isEnding && signal === 'SIGINT') onImpatience();
      isEnding = true;
      resolve();
    };
    process.on('SIGINT', end);
    process.on('SIGTERM', end);
  });
}
