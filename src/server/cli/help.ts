import {
  CONVERT_FLAGS,
  EXPORT_FLAGS,
  FILE_FLAGS,
  type Flag,
  type FlagGroup,
  SERVE_FLAGS,
  TOKEN_FLAGS,
} from './flags.ts';

const WIDTH = 100;
const INDENT = 28;

/** Breaks a text into lines that leave room for what stands left of them. */
function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > WIDTH - INDENT) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function flagLines(flag: Flag): string {
  const left = `  --${flag.name}${flag.value === undefined ? '' : ` ${flag.value}`}`;
  const [first, ...more] = wrap(flag.text + (flag.default === undefined ? '' : ` (default ${flag.default})`));
  const head = left.length < INDENT - 1 ? left.padEnd(INDENT) + first : `${left}\n${' '.repeat(INDENT)}${first}`;
  return [head, ...more.map((line) => ' '.repeat(INDENT) + line)].join('\n');
}

function groups(all: readonly FlagGroup[]): string {
  return all.map(({ title, flags }) => `${title}\n${flags.map(flagLines).join('\n')}`).join('\n\n');
}

/** What `covalence --help` prints. */
export const HELP: string = `covalence: look at, and edit, molecules and materials together.

Usage
  covalence [serve] [FILE...] [options]   open files, each as a room of its own, and print the address
  covalence info FILE...                  say what is in a file: format, frames, atoms, keys, warnings
  covalence convert IN OUT                write a file as .xyz, .xtc, .pdb, .gro, POSCAR or .zarr
  covalence export ROOM [options]         write a room as a file, or as a folder in the Zarr format:
                                          ROOM is its link, or its name in --data while no server runs
  covalence fsck                          check everything in --data against its checksums and hashes
  covalence collect [--redis URL]         remove arrays that no room in --data names; no server may run
  covalence token ROOM [options]          make links for people: ROOM is a room's name, or "*" for all
  covalence help | --help                 this text
  covalence --version

A file is read in place; only edits are stored. Every option is also an environment variable:
--base-path is COVALENCE_BASE_PATH, --memory is COVALENCE_MEMORY=1.

${groups(SERVE_FLAGS)}

${groups(FILE_FLAGS)}

${groups(CONVERT_FLAGS)}

${groups(TOKEN_FLAGS)}

${groups(EXPORT_FLAGS)}

Examples
  covalence traj.xyz
  covalence water.gro protein.pdb.gz --port 8123 --data ~/rooms
  covalence conf.gro traj.xtc
  covalence traj.xyz --host 0.0.0.0
  covalence convert conf.gro traj.xtc first.pdb --frames 0
  COVALENCE_AUTH_SECRET=... covalence token argon --can read --expires 7d --name Ada
`;
