import { CONVERT_FLAGS, EXPORT_FLAGS, FILE_FLAGS, type FlagGroup, SERVE_FLAGS, TOKEN_FLAGS } from './flags.ts';

/** Names of what the command line does. */
export type CommandName = 'serve' | 'info' | 'convert' | 'export' | 'fsck' | 'collect' | 'token';

/** What the help tells of a command, and which options it takes. */
export interface CommandWords {
  /** What follows "covalence". */
  usage: string;
  /** In the list of commands. */
  short: string;
  /** Sentences on its own page. */
  about: string;
  groups: readonly FlagGroup[];
  /** Names of options of `serve` and others that it understands as well. */
  shared?: readonly string[];
  /** What follows "covalence", as people would write it. */
  examples: readonly [string, string, ...string[]];
}

/** Every command, in the order of the help. */
export const COMMANDS: Readonly<Record<CommandName, CommandWords>> = {
  serve: {
    usage: '[serve] [FILE...] [options]',
    short: 'open files, each as a room of its own, and print the address',
    about:
      'Opens files, each as a room of its own, and prints the address. A file is read in place; only edits are stored. ' +
      'Without a file the rooms of --data are served. "serve" may be left out.',
    groups: [...SERVE_FLAGS, ...FILE_FLAGS],
    examples: [
      'traj.xyz',
      'water.gro protein.pdb.gz --port 8123 --data ~/rooms',
      'conf.gro traj.xtc',
      'traj.xyz --host 0.0.0.0',
    ],
  },
  info: {
    usage: 'info FILE... [options]',
    short: 'say what is in a file: format, frames, atoms, keys, warnings',
    about: 'Says what is in a file: format, frames, atoms, keys, warnings. Nothing is stored.',
    groups: FILE_FLAGS,
    examples: ['info traj.xyz.gz', 'info dump.lammpstrj --elements Si,O'],
  },
  convert: {
    usage: 'convert IN... OUT [options]',
    short: 'write a file as .xyz, .xtc, .pdb, .gro, POSCAR or .zarr',
    about:
      'Writes a trajectory, with its topology beside it where it has one, in the format that the name of OUT says: .xyz, ' +
      '.xtc, .pdb, .gro, POSCAR or .zarr.',
    groups: [...CONVERT_FLAGS, ...FILE_FLAGS],
    examples: ['convert traj.xyz traj.xtc', 'convert conf.gro traj.xtc first.pdb --frames 0'],
  },
  export: {
    usage: 'export ROOM [options]',
    short: 'write a room as a file, or as a folder in the Zarr format',
    about:
      'Writes a room as a file, or as a folder in the Zarr format. ROOM is its link, or its name in --data while no server ' +
      'runs.',
    groups: EXPORT_FLAGS,
    shared: ['overwrite', 'data'],
    examples: ['export argon --output argon.xyz', 'export http://localhost:8080/r/argon --format zarr'],
  },
  token: {
    usage: 'token ROOM [options]',
    short: 'make links for people',
    about:
      'Makes links for people to a server that was started with --auth-secret. ROOM is the name of a room, or "*", in ' +
      'quotes, for all. The secret is better given as COVALENCE_AUTH_SECRET.',
    groups: TOKEN_FLAGS,
    shared: ['public-url', 'base-path', 'port'],
    examples: ['token argon --expires 7d', "token '*' --can read,write,create --name Ada"],
  },
  fsck: {
    usage: 'fsck [options]',
    short: 'check everything in --data against its checksums and hashes',
    about:
      'Checks everything in --data against its checksums and hashes, says which frames are damaged, and changes nothing. ' +
      'Ends with 1 where something is wrong.',
    groups: [],
    shared: ['data'],
    examples: ['fsck', 'fsck --data /var/lib/covalence'],
  },
  collect: {
    usage: 'collect [options]',
    short: 'remove arrays that no room in --data names; no server may run',
    about:
      'Removes arrays that no room in --data names any more. No server may run over it; those that share it through Redis ' +
      'are named by --redis.',
    groups: [],
    shared: ['data', 'redis', 'redis-prefix'],
    examples: ['collect', 'collect --data /shared/dir --redis redis://localhost:6379'],
  },
};

/** Whether a word is the name of a command. */
export function isCommand(word: string | undefined): word is CommandName {
  return word !== undefined && Object.hasOwn(COMMANDS, word);
}
