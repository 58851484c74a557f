import { isAbsolute, resolve } from 'node:path';
import { type Capability, CAPABILITIES, isCapability } from '../../protocol/capabilities.ts';
import { isRoomName } from '../../protocol/room-name.ts';
import { nearestWord } from '../../chem/select/select-words.ts';
import type { SourceReading } from '../data/source-reading.ts';
import { type CommandName, COMMANDS, isCommand } from './commands.ts';
import { ALL_FLAGS, type FlagGroup } from './flags.ts';
import { type FrameSlice, frameSlice } from './frame-slice.ts';
import { type FlagValues, readFlags, refuse } from './read-flags.ts';
import { readingArguments } from './reading-arguments.ts';

/** What `covalence export` writes. */
const EXPORTS: readonly string[] = ['extxyz', 'zarr'];

/** What the person asked for. */
export type Command =
  /** Of one command, or an overview. */
  | { name: 'help'; of?: CommandName }
  | { name: 'version' }
  | { name: 'info'; files: string[]; reading: SourceReading }
  | ({ name: 'convert' } & ConvertArguments)
  | ({ name: 'export' } & ExportArguments)
  | { name: 'fsck'; dataDirectory: string }
  | ({ name: 'collect' } & CollectArguments)
  | { name: 'token'; options: TokenArguments }
  | { name: 'serve'; files: string[]; reading: SourceReading; options: ServeArguments };

/** What `convert` reads and writes. */
export interface ConvertArguments {
  /** A trajectory, perhaps with its topology beside it. */
  files: string[];
  output: string;
  reading: SourceReading;
  frames: FrameSlice | undefined;
  isOverwriting: boolean;
}

/** What `export` writes, and where. */
export interface ExportArguments {
  /** Name of a room in the data directory, or its link. */
  room: string;
  format: string;
  output: string | undefined;
  dataDirectory: string;
  isOverwriting: boolean;
}

/** What `collect` collects in. */
export interface CollectArguments {
  dataDirectory: string;
  /** Of servers that share the data directory. */
  redis: { url: string; prefix: string } | undefined;
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
  publicUrl: string | undefined;
  trustProxy: boolean;
  allowOrigins: string[];
  /** Undefined lets the server choose. */
  token: string | undefined;
  noToken: boolean;
  defaultRoom: string | undefined;
  authSecret: string | undefined;
  oldAuthSecrets: readonly string[];
  maxConnections: number;
  maxRoomConnections: number;
  maxRooms: number;
  maxKeys: number;
  maxUploadByteLength: number;
  patienceMs: number;
  logLevel: string;
}

/** Options of `token`, checked. */
export interface TokenArguments {
  /** `*` for all. */
  room: string;
  /** Undefined makes a link for looking and one for editing. */
  can: Capability[] | undefined;
  lastsMs: number;
  person: string | undefined;
  subject: string | undefined;
  secret: string;
  /** Address of the server, without a slash at its end. */
  url: string;
}

const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'];
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const MAX_LASTS_MS = 3_650 * 86_400_000;

function wholeNumber(flags: FlagValues, name: string, least: number, most: number): number {
  const text = flags.text(name) ?? '';
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  return refuse(`--${name} takes a number from ${least} to ${most}, found "${text}".`);
}

function basePathOf(text: string): string {
  const path = `/${text.replace(/^\/+|\/+$/g, '')}`;
  if (!/^(?:\/[\w.~-]+)*$/.test(path === '/' ? '' : path)) {
    refuse(`--base-path takes a path such as /molecules, found "${text}".`);
  }
  return path === '/' ? '' : path;
}

function urlOf(name: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '') {
    return text.replace(/\/+$/, '');
  }
  return refuse(`--${name} takes an address such as https://mol.lab/rooms, found "${text}".`);
}

function originOf(text: string): string {
  if (text === '*') return text;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && url.origin !== 'null' && url.pathname === '/') return url.origin;
  return refuse(`--allow-origin takes an origin such as https://mol.lab, found "${text}".`);
}

function redisOf(url: string, flags: FlagValues): { url: string; prefix: string } {
  const prefix = flags.text('redis-prefix') ?? '';
  if (flags.isOn('memory')) {
    refuse('--redis and --memory exclude each other: arrays are kept in the data directory.');
  }
  const { protocol } = URL.canParse(url) ? new URL(url) : { protocol: '' };
  if (!/^rediss?:$/.test(protocol)) refuse('--redis takes an address such as redis://localhost:6379.');
  if (!/^[\x21-\x7e]{0,64}$/.test(prefix)) refuse('--redis-prefix takes at most 64 visible characters.');
  return { url, prefix };
}

function serveArguments(flags: FlagValues, inFolder: (path: string) => string): ServeArguments {
  const token = flags.text('token');
  const authSecret = flags.text('auth-secret');
  const oldAuthSecrets = flags.list('auth-old-secret');
  if (oldAuthSecrets.length > 0 && authSecret === undefined) {
    refuse('--auth-old-secret goes with --auth-secret, the secret that signs now.');
  }
  const logLevel = flags.isOn('verbose') ? 'info' : (flags.text('log-level') ?? '');
  const publicUrl = flags.text('public-url');
  const redis = flags.text('redis');
  const defaultRoom = flags.text('default-room');
  if (defaultRoom !== undefined && !isRoomName(defaultRoom)) {
    refuse(`--default-room takes a name of letters, digits and the signs . _ -, found "${String(defaultRoom)}".`);
  }
  if (token !== undefined && flags.isOn('no-token')) refuse('--token and --no-token exclude each other.');
  if (authSecret !== undefined && (token !== undefined || flags.isOn('no-token'))) {
    refuse('--auth-secret excludes --token and --no-token: people come with tokens that "covalence token" makes.');
  }
  if (token !== undefined && !/^[A-Za-z0-9._~-]+$/.test(token)) {
    refuse('--token takes letters, digits and the signs . _ ~ -.');
  }
  if (!LOG_LEVELS.includes(logLevel)) refuse(`--log-level is one of ${LOG_LEVELS.join(', ')}, found "${logLevel}".`);
  return {
    port: wholeNumber(flags, 'port', 0, 65_535),
    host: flags.text('host') ?? '',
    dataDirectory: flags.isOn('memory') ? undefined : inFolder(flags.text('data') ?? ''),
    redis: redis === undefined ? undefined : redisOf(redis, flags),
    follow: flags.isOn('follow'),
    basePath: basePathOf(flags.text('base-path') ?? ''),
    publicUrl: publicUrl === undefined ? undefined : urlOf('public-url', publicUrl),
    trustProxy: flags.isOn('trust-proxy'),
    allowOrigins: flags.list('allow-origin').map(originOf),
    token,
    noToken: flags.isOn('no-token'),
    defaultRoom,
    authSecret,
    oldAuthSecrets,
    maxConnections: wholeNumber(flags, 'max-connections', 1, 1_000_000),
    maxRoomConnections: wholeNumber(flags, 'max-room-connections', 1, 100_000),
    maxRooms: wholeNumber(flags, 'max-rooms', 1, 1_000_000),
    maxKeys: wholeNumber(flags, 'max-keys', 1, 10_000_000),
    maxUploadByteLength: wholeNumber(flags, 'max-upload', 1, 1_048_576) * 1_048_576,
    patienceMs: wholeNumber(flags, 'patience', 1, 86_400) * 1_000,
    logLevel,
  };
}

function tokenArguments(flags: FlagValues, rooms: readonly string[]): TokenArguments {
  const [room] = rooms;
  if (rooms.length !== 1 || (room !== '*' && !isRoomName(room))) {
    refuse('"covalence token" needs the name of one room, or "*" (in quotes) for all.');
  }
  const secret = flags.text('auth-secret');
  if (secret === undefined) {
    refuse(
      '"covalence token" needs the secret that the server was started with: --auth-secret or COVALENCE_AUTH_SECRET.',
    );
  }
  const [, count, unit] = /^(\d+)([smhd])$/.exec(flags.text('expires') ?? '') ?? [];
  const lastsMs = Number(count) * (UNIT_MS[unit ?? ''] ?? Number.NaN);
  if (!(lastsMs > 0 && lastsMs <= MAX_LASTS_MS)) {
    refuse(`--expires takes a time such as 30m, 8h or 7d, found "${flags.text('expires') ?? ''}".`);
  }
  const can = flags.text('can')?.split(/[\s,]+/);
  if (can !== undefined && !can.every(isCapability)) {
    refuse(`--can takes a list of ${CAPABILITIES.join(', ')}, found "${can.join(',')}".`);
  }
  const url = flags.text('url') ?? flags.text('public-url');
  const local = `http://127.0.0.1:${wholeNumber(flags, 'port', 0, 65_535)}${basePathOf(flags.text('base-path') ?? '')}`;
  return {
    room,
    can,
    lastsMs,
    person: flags.text('name'),
    subject: flags.text('subject'),
    secret,
    url: url === undefined ? local : urlOf('url', url),
  };
}

/** Refuses a flag that means nothing to a command, where it would be passed over in silence. */
function assertBelongs(command: CommandName, flags: FlagValues): void {
  const { groups: own, shared = [] } = COMMANDS[command];
  const names = (groups: readonly FlagGroup[]): string[] =>
    groups.flatMap((group) => group.flags.map(({ name }) => name));
  const known = new Set([...names(own), ...shared]);
  const stray = names(ALL_FLAGS).find((name) => flags.given.has(name) && !known.has(name));
  if (stray !== undefined) refuse(`--${stray} is no option of "covalence ${command}".`, { command });
}

/** The command that a word may have been meant as; undefined for what is nothing like one. */
function nearestCommand(word: string): string | undefined {
  return nearestWord(word, [...Object.keys(COMMANDS), 'help']);
}

/** Which command `covalence help WORD...` is about. Throws `command/invalid` for what is none. */
function helpAsked(words: readonly string[]): Command {
  const [word = 'help', ...more] = words;
  if (more.length === 0 && isCommand(word)) return { name: 'help', of: word };
  if (more.length === 0 && word === 'help') return { name: 'help' };
  const near = nearestCommand(word);
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  return refuse(more.length > 0 ? '"covalence help" takes one command.' : `There is no command "${word}".${hint}`);
}

/**
 * Reads the command line and the environment. Paths resolve against `folder`, the one the person stands in. The first
 * word is a command only if it is a known one; one that is nearly so, and that is no file as far as `isThere` tells, is
 * asked about. Throws `command/invalid` with a sentence for people.
 */
export function readArguments(
  words: readonly string[],
  folder: string,
  env: Readonly<Record<string, string | undefined>> = {},
  isThere: (path: string) => boolean = () => true,
): Command {
  const inFolder = (path: string): string => (isAbsolute(path) ? path : resolve(folder, path));
  const flags = readFlags(words, env);
  const [first, ...others] = flags.positionals;
  if (flags.isHelp) return isCommand(first) ? { name: 'help', of: first } : { name: 'help' };
  if (flags.isVersion) return { name: 'version' };
  if (first === 'help') return helpAsked(others);
  const name = isCommand(first) ? first : 'serve';
  const rest = name === first ? others : flags.positionals;
  const near = first === undefined || name === first ? undefined : nearestCommand(first);
  if (near !== undefined && first !== undefined && !isThere(inFolder(first))) {
    refuse(`There is neither a file nor a command called "${first}". Did you mean "covalence ${near}"?`);
  }
  assertBelongs(name, flags);
  const reading = readingArguments(flags, inFolder);
  if (name === 'info') {
    if (rest.length === 0) refuse('"covalence info" needs at least one file.');
    return { name, files: rest.map(inFolder), reading };
  }
  if (name === 'convert') {
    if (rest.length < 2) refuse('"covalence convert" needs a file to read and a file to write.');
    const frames = flags.text('frames');
    return {
      name,
      files: rest.slice(0, -1).map(inFolder),
      output: inFolder(rest[rest.length - 1]),
      reading,
      frames: frames === undefined ? undefined : frameSlice(frames),
      isOverwriting: flags.isOn('overwrite'),
    };
  }
  const dataDirectory = inFolder(flags.text('data') ?? '');
  if (name === 'fsck') {
    if (rest.length > 0) refuse('"covalence fsck" checks the whole of --data and takes no names.');
    return { name, dataDirectory };
  }
  if (name === 'collect') {
    if (rest.length > 0) refuse('"covalence collect" looks over the whole of --data and takes no names.');
    const redis = flags.text('redis');
    return { name, dataDirectory, redis: redis === undefined ? undefined : redisOf(redis, flags) };
  }
  if (name === 'export') {
    const [room, ...more] = rest;
    if (room === undefined || more.length > 0) refuse('"covalence export" takes one room: its name or its link.');
    const output = flags.text('output');
    const format = flags.text('format') ?? '';
    if (!EXPORTS.includes(format)) refuse(`--format takes ${EXPORTS.join(' or ')}, found "${format}".`);
    const target = output === undefined ? undefined : inFolder(output);
    return { name, room, format, output: target, dataDirectory, isOverwriting: flags.isOn('overwrite') };
  }
  if (name === 'token') return { name, options: tokenArguments(flags, rest) };
  return { name: 'serve', files: rest.map(inFolder), reading, options: serveArguments(flags, inFolder) };
}
