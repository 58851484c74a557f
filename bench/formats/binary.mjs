// Binary formats against Mol*'s readers and MDAnalysis: `node bench/formats/binary.mjs FOLDER [ROUNDS]`, after `npm run
// build` and `npm install --prefix bench`. FOLDER holds the real files. The readers take turns on each file; medians.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [, , folder = '../shared/data', rounds = '5'] = process.argv;
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const python = process.env.PYTHON ?? '/usr/bin/python3';

/** File, Mol*'s name of the format, and atoms where MDAnalysis must be told. */
const FILES = [
  ['generated/water100k.xtc', 'xtc'],
  ['generated/water3k.xtc', 'xtc'],
  ['gromacs/adk_oplsaa.xtc', 'xtc'],
  ['gromacs/md_1u19.xtc', 'xtc'],
  ['generated/water3k.trr', 'trr'],
  ['gromacs/water.trr', 'trr'],
  ['charmm/adk_dims.dcd', 'dcd'],
  ['charmm/ala3.dcd', 'dcd'],
  ['amber/tz2.truncoct.nc', 'nctraj'],
  ['amber/scaled_traj.nc', 'nctraj'],
  ['h5md/cobrotoxin.h5md', 'h5md'],
];

const scratch = mkdtempSync(join(tmpdir(), 'covalence-bench-'));
const hasPython = existsSync(python);

function measure(reader, file, format) {
  const words =
    reader === 'MDAnalysis'
      ? [python, here('read-one.py'), file, join(scratch, basename(file).replace(/\.nc$/, '.ncdf'))]
      : [process.execPath, here('read-one.mjs'), reader, format, file];
  const text = execFileSync(words[0], words.slice(1), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return JSON.parse(text.trim().split('\n').at(-1));
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const rate = (bytes, ms) => (bytes / 1000 / ms).toFixed(0);

console.log(
  `Binary formats: MB of file per second of CPU; ${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus()[0].model}, ${rounds} rounds, readers in turn, best of 7 warm runs in each, medians of the rounds.`,
);
console.log(
  '"index" finds the frames; "read" gives the positions of all; "both" is what a reader without an index needs.\n',
);
console.log(
  `${'file'.padEnd(26)}${'MB'.padStart(6)}${'frames'.padStart(8)}  ${['ours index', 'ours read', 'ours both', 'Mol* both', 'ours/Mol*', 'MDA index', 'MDA read', 'MDA both'].map((name) => name.padStart(11)).join('')}`,
);
for (const [path, format] of FILES) {
  const file = join(folder, path);
  const { size } = statSync(file);
  const found = { ours: [], molstar: [], MDAnalysis: [] };
  for (let round = 0; round < Number(rounds); round += 1) {
    for (const reader of Object.keys(found)) {
      if (reader === 'MDAnalysis' && !hasPython) continue;
      if (reader === 'molstar' && extname(file) === '.h5md') continue;
      found[reader].push(measure(reader, file, format));
    }
  }
  const of = (reader, key) => {
    const good = found[reader].filter(({ error }) => error === undefined);
    if (good.length === 0) return undefined;
    return median(good.map((one) => (key === 'both' ? one.index + one.read : one[key])));
  };
  const shown = (reader, key) => {
    const ms = of(reader, key);
    return (ms === undefined ? '-' : rate(size, ms)).padStart(11);
  };
  const [mine, theirs] = [of('ours', 'both'), of('molstar', 'both')];
  const ratio = theirs === undefined ? '-' : `${(theirs / mine).toFixed(1)}x`;
  console.log(
    `${basename(path).padEnd(26)}${(size / 1e6).toFixed(2).padStart(6)}${String(found.ours[0].frames).padStart(8)}  ${shown('ours', 'index')}${shown('ours', 'read')}${shown('ours', 'both')}${shown('molstar', 'both')}${ratio.padStart(11)}${shown('MDAnalysis', 'index')}${shown('MDAnalysis', 'read')}${shown('MDAnalysis', 'both')}`,
  );
  for (const [reader, runs] of Object.entries(found)) {
    const failure = runs.find(({ error }) => error !== undefined);
    if (failure !== undefined) console.log(`  ${reader}: ${failure.error}`);
    const count = runs.find(({ frames }) => frames !== undefined)?.frames;
    if (count !== undefined && count !== found.ours[0].frames) console.log(`  ${reader} reads ${count} frames`);
  }
}
rmSync(scratch, { recursive: true, force: true });
