import { parseArgs } from 'node:util';
import { isAbsolute, resolve } from 'node:path';
import { CovalenceError } from '../../protocol/errors.ts';
import { isRoomName } from '../../protocol/room-name.ts';

/** What `covalence --help` prints. */
export const HELP = `covalence: look at, and edit, molecules and materials together.

Usage
  covalence [serve] [FILE...] [options]   open files, each as a room of its own, and print the address
  covalence info FILE...                  say what is in a file: format, frames, atoms, keys
  covalence export ROOM [--format extxyz|zarr] [--output PATH]
                                          write a room as a file, or as a folder in the Zarr format. ROOM is the
                                          link of a room, or its name in --data while no server uses that
  covalence fsck                          check everything in --data against its checksums and hashes
  covalence help | --help                 this text
  covalence --version

Files: extxyz, xyz, GRO, PDB, also with .gz. A file is read in place; only edits are stored.

Options of serve
  --port N            port to listen on (default 8080; 0 takes a free one)
  --host ADDRESS      address to listen on (default 127.0.0.1). Elsewhere than on this machine the printed link
                      carries a token that whoever opens it needs; --no-token turns that off
  --data DIR          where rooms and edits are kept (default ./covalence-data)
  --redis URL         serve the same rooms as other processes: state and commits go to this Redis
                      (redis://host:6379), arrays to the --data directory, which all of them share
  --redis-prefix TEXT begin of all keys in Redis (default covalence:)
  --memory            keep nothing on disk
  --follow            show frames that are appended to a file while it is open
  --base-path PATH    serve below this path, for use behind a proxy
  --allow-origin URL  let pages of this origin embed rooms (may be repeated)
  --token TOKEN       the token to ask for, instead of a random one
  --default-room NAME the room that / opens, made when it is not there
  --verbose           log every request

Examples
  covalence traj.xyz
  covalence water.gro protein.pdb.gz --port 8123 --data ~/rooms
`;

/** What the person asked for. */
export type Command =
  | { name: 'help' }
  | { name: 'version' }
  | { name: 'info'; files: string[] }
  | ({ name: 'export' } & ExportArguments)
  | { name: 'fsck'; dataDirectory: string }
  | { name: 'serve'; files: string[]; options: ServeArguments };

/** What `export` writes, and where. */
export interface ExportArguments {
  /** Name of a room in the data directory, or its link. */
  room: string;
  format: string;
  output: string | undefined;
  dataDirectory: string;
}

/** Options of `serve`, checked. */
export interface ServeArguments {
  port: number;
  host: string;
  /** Undefined keeps everything in memory. */
  dataDirectory: string | undefined;
  redis: { url: string; prefix: string } | undefined;
  follow: boolean;
  basePath: string;
  allowOrigins: string[];
  /** Undefined lets the server choose. */
  token: string | undefined;
  noToken: boolean;
  defaultRoom: string | undefined;
  verbose: boolean;
}

const KNOWN = new Set(['serve', 'info', 'export', 'fsck', 'help']);

function refuse(sentence: string, cause?: unknown): never {
  throw new CovalenceError('command/invalid', `${sentence} "covalence --help" shows what is possible.`, {}, { cause });
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) refuse(`--port takes a number from 0 to 65535, found "${text}".`);
  return port;
}

function basePathOf(text: string): string {
  const path = `/${text.replace(/^\/+|\/+$/g, '')}`;
  return path === '/' ? '' : path;
}

function redisOf(url: string, prefix: string, isInMemory: boolean): { url: string; prefix: string } {
  if (isInMemory) refuse('--redis and --memory exclude each other: arrays are kept in the data directory.');
  const { protocol } = URL.canParse(url) ? new URL(url) : { protocol: '' };
  if (!/^rediss?:$/.test(protocol)) refuse('--redis takes an address such as redis://localhost:6379.');
  if (!/^[\x21-\x7e]{0,64}$/.test(prefix)) refuse('--redis-prefix takes at most 64 visible characters.');
  return { url, prefix };
}

/**
 * Reads the command line. Paths resolve against `folder`, the one the person stands in. The first word is a command only
 * if it is a known one. Throws `command/invalid` with a sentence for people.
 */
export function readArguments(words: readonly string[], folder: string): Command {
  const inFolder = (path: string): string => (isAbsolute(path) ? path : resolve(folder, path));
  let parsed;
  try {
    parsed = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
        port: { type: 'string', short: 'p', default: '8080' },
        host: { type: 'string', default: '127.0.0.1' },
        data: { type: 'string', default: 'covalence-data' },
        redis: { type: 'string' },
        'redis-prefix': { type: 'string', default: 'covalence:' },
        memory: { type: 'boolean', default: false },
        follow: { type: 'boolean', default: false },
        'base-path': { type: 'string', default: '' },
        'allow-origin': { type: 'string', multiple: true, default: [] },
        token: { type: 'string' },
        'no-token': { type: 'boolean', default: false },
        'default-room': { type: 'string' },
        format: { type: 'string', default: 'extxyz' },
        output: { type: 'string', short: 'o' },
        verbose: { type: 'boolean', default: false },
      },
    });
  } catch (cause) {
    refuse(cause instanceof Error ? cause.message.replace(/\.? *$/, '.') : 'The options could not be read.', cause);
  }
  const { values, positionals } = parsed;
  if (values.help === true) return { name: 'help' };
  if (values.version === true) return { name: 'version' };
  const first = positionals[0];
  const name = first !== undefined && KNOWN.has(first) ? first : 'serve';
  const files = (name === first ? positionals.slice(1) : positionals).map(inFolder);
  if (name === 'help') return { name: 'help' };
  if (name === 'info') {
    if (files.length === 0) refuse('"covalence info" needs at least one file.');
    return { name: 'info', files };
  }
  const dataDirectory = inFolder(values.data);
  if (name === 'fsck') {
    if (positionals.length > 1) refuse('"covalence fsck" checks the whole of --data and takes no names.');
    return { name: 'fsck', dataDirectory };
  }
  if (name === 'export') {
    const [room, ...more] = positionals.slice(1);
    if (room === undefined || more.length > 0) refuse('"covalence export" takes one room: its name or its link.');
    const output = values.output === undefined ? undefined : inFolder(values.output);
    return { name: 'export', room, format: values.format, output, dataDirectory };
  }
  const defaultRoom = values['default-room'];
  if (defaultRoom !== undefined && !isRoomName(defaultRoom)) {
    refuse(`--default-room takes a name of letters, digits and the signs . _ -, found "${String(defaultRoom)}".`);
  }
  if (values.token !== undefined && values['no-token']) refuse('--token and --no-token exclude each other.');
  if (values.token !== undefined && !/^[A-Za-z0-9._~-]+$/.test(values.token)) {
    refuse('--token takes letters, digits and the signs . _ ~ -.');
  }
  return {
    name: 'serve',
    files,
    options: {
      port: portOf(values.port),
      host: values.host,
      dataDirectory: values.memory ? undefined : dataDirectory,
      redis: values.redis === undefined ? undefined : redisOf(values.redis, values['redis-prefix'], values.memory),
      follow: values.follow,
      basePath: basePathOf(values['base-path']),
      allowOrigins: values['allow-origin'],
      token: values.token,
      noToken: values['no-token'],
      defaultRoom,
      verbose: values.verbose,
    },
  };
}
