/** One option of the command line; the environment variable is `COVALENCE_` and the name in capitals. */
export interface Flag {
  name: string;
  /** What stands for its value in the help; a flag without one is on or off. */
  value?: string;
  short?: string;
  /** May be given several times; in the environment separated by spaces or commas. */
  isMany?: boolean;
  default?: string;
  text: string;
}

/** Options that belong together in the help. */
export interface FlagGroup {
  title: string;
  flags: readonly Flag[];
}

const SECRET: Flag = {
  name: 'auth-secret',
  value: 'SECRET',
  text: 'signs tokens: people then need one, made with "covalence token". At least 32 bytes; better in the environment, where no list of processes shows it',
};

/** Options of `covalence serve`. */
export const SERVE_FLAGS: readonly FlagGroup[] = [
  {
    title: 'Where',
    flags: [
      { name: 'port', value: 'N', short: 'p', default: '8080', text: 'port to listen on; 0 takes a free one' },
      {
        name: 'host',
        value: 'ADDRESS',
        default: '127.0.0.1',
        text: 'address to listen on. Elsewhere than on this machine the printed link carries a token that whoever opens it needs',
      },
      { name: 'data', value: 'DIR', default: 'covalence-data', text: 'where rooms and edits are kept' },
      { name: 'memory', text: 'keep nothing on disk' },
      {
        name: 'redis',
        value: 'URL',
        text: 'serve the same rooms as other processes: state and commits go to this Redis (redis://host:6379), arrays to the data directory, which all of them share',
      },
      { name: 'redis-prefix', value: 'TEXT', default: 'covalence:', text: 'begin of all keys in Redis' },
      { name: 'default-room', value: 'NAME', text: 'the room that / opens, made when it is not there' },
      { name: 'follow', text: 'show frames that are appended to a file while it is open' },
    ],
  },
  {
    title: 'Who may come in',
    flags: [
      { name: 'token', value: 'TOKEN', text: 'the token of the printed link, instead of a random one' },
      { name: 'no-token', text: 'let everybody in who reaches this machine' },
      SECRET,
      {
        name: 'auth-old-secret',
        value: 'SECRET',
        isMany: true,
        text: 'a secret that signed before the present one: its tokens stay good to their end; may be repeated',
      },
      {
        name: 'allow-origin',
        value: 'URL',
        isMany: true,
        text: 'let pages of this origin embed rooms; may be repeated',
      },
    ],
  },
  {
    title: 'Behind a proxy',
    flags: [
      { name: 'base-path', value: 'PATH', text: 'serve below this path' },
      { name: 'public-url', value: 'URL', text: 'the address people use, for the printed links' },
      {
        name: 'trust-proxy',
        text: 'believe X-Forwarded-For, -Host and -Proto; only where every request comes through a proxy that sets them',
      },
    ],
  },
  {
    title: 'Limits',
    flags: [
      { name: 'max-connections', value: 'N', default: '10000', text: 'connections to this server' },
      { name: 'max-room-connections', value: 'N', default: '1000', text: 'people and programs in one room' },
      { name: 'max-rooms', value: 'N', default: '10000', text: 'rooms that are open at once' },
      { name: 'max-keys', value: 'N', default: '100000', text: 'keys in the shared state of a room' },
      { name: 'max-upload', value: 'MB', default: '1024', text: 'size of one upload' },
      {
        name: 'patience',
        value: 'SECONDS',
        default: '120',
        text: 'in which 16 kB of a request have to come, or 64 kB of an answer be read',
      },
    ],
  },
  {
    title: 'Logs',
    flags: [
      {
        name: 'log-level',
        value: 'LEVEL',
        default: 'warn',
        text: 'debug, info (every request), warn, error or silent',
      },
      { name: 'verbose', text: 'the same as --log-level info' },
    ],
  },
];

/** Options of everything that reads files: `serve`, `info`, `convert`. */
export const FILE_FLAGS: readonly FlagGroup[] = [
  {
    title: 'How files are read',
    flags: [
      {
        name: 'topology',
        value: 'FILE',
        text: 'the file that says which atoms a trajectory has. Without it a trajectory without elements (XTC, TRR, DCD ...) takes the file named beside it that has as many atoms',
      },
      { name: 'elements', value: 'LIST', text: 'elements of the atom types 1, 2, 3 ... of LAMMPS files: Si,O' },
      {
        name: 'map',
        value: 'PAIR',
        isMany: true,
        text: 'what a name in the file means: dft_force=forces; may be repeated',
      },
    ],
  },
];

/** Options of `covalence convert`. */
export const CONVERT_FLAGS: readonly FlagGroup[] = [
  {
    title: 'Options of convert',
    flags: [
      {
        name: 'frames',
        value: 'RANGE',
        text: 'which frames, from 0: 10:20, -3:, ::10 for every tenth (default all; the last for POSCAR)',
      },
      { name: 'overwrite', text: 'replace a file that is there' },
    ],
  },
];

/** Options of `covalence token`. */
export const TOKEN_FLAGS: readonly FlagGroup[] = [
  {
    title: 'Options of token',
    flags: [
      {
        name: 'can',
        value: 'LIST',
        text: 'of read, write, present, create, admin, with commas; without it a link for looking and one for editing',
      },
      { name: 'expires', value: 'TIME', default: '8h', text: 'how long it lasts: 30m, 8h, 7d' },
      { name: 'name', value: 'NAME', text: 'what history calls the person' },
      { name: 'subject', value: 'ID', text: 'who the person is, when they come from several browsers' },
      SECRET,
      {
        name: 'url',
        value: 'URL',
        text: 'address of the server, for the links (default that of --public-url, else this machine)',
      },
    ],
  },
];

/** Options of `covalence export`. */
export const EXPORT_FLAGS: readonly FlagGroup[] = [
  {
    title: 'Options of export',
    flags: [
      { name: 'format', value: 'NAME', default: 'extxyz', text: 'extxyz or zarr' },
      {
        name: 'output',
        value: 'PATH',
        short: 'o',
        text: 'where it goes (default standard output, for zarr the folder ROOM.zarr)',
      },
    ],
  },
];

/** All there are. */
export const ALL_FLAGS: readonly FlagGroup[] = [
  ...SERVE_FLAGS,
  ...FILE_FLAGS,
  ...CONVERT_FLAGS,
  ...TOKEN_FLAGS,
  ...EXPORT_FLAGS,
];

/** Name of the environment variable of a flag. */
export function variableOf({ name }: Flag): string {
  return `COVALENCE_${name.replaceAll('-', '_').toUpperCase()}`;
}
