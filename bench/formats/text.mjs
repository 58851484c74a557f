// `node bench/formats/text.mjs`, after `npm run build`: MB of file per second of CPU, ours against Mol*'s readers and
// ASE where they are installed (`npm install` in bench/; python3-ase). Each reads in a process of its own, the readers
// take turns, the best of the rounds counts. The result goes to bench/results/formats-text.txt.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeInputs } from './text-inputs.mjs';

const ROUNDS = 3;
const TIMEOUT_MS = 120_000;
const here = dirname(fileURLToPath(import.meta.url));
const data = process.env.COVALENCE_TEST_DATA ?? join(here, '..', '..', '..', 'shared', 'data');
if (!existsSync(join(data, 'facts.json')))
  throw new Error(`There are no real files in ${data}; set COVALENCE_TEST_DATA.`);
const folder = mkdtempSync(join(tmpdir(), 'covalence-bench-formats-'));

const measure = (program, words) => {
  try {
    return JSON.parse(
      execFileSync(program, words, { encoding: 'utf8', timeout: TIMEOUT_MS, stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  } catch {
    return undefined;
  }
};
const best = (rows, key) => Math.min(...rows.flatMap((row) => (row?.[key] === undefined ? [] : [row[key]])));

const lines = [
  `MB of file per second of CPU; one process per reader and file, in turns, best of ${ROUNDS}. Node ${process.version}, ${cpus()[0]?.model.trim()}.`,
  'pass: finding the frames. read: every frame with all its values. drawn: positions, elements and cell of every frame. both: pass and read, to compare with readers that do all at once.',
  'Mol* keeps positions and a few columns, from text already in memory; ASE keeps all columns. peak: MB of process memory, programs included.',
  '',
  `${'file'.padEnd(25)}${['MB', 'frames', 'pass', 'read', 'drawn', 'both', 'Mol*', 'ASE', 'peak', 'Mol*', 'ASE'].map((name) => name.padStart(8)).join('')}`,
];
for (const { kind, path, molstar, ase } of makeInputs(data, folder)) {
  const rows = { own: [], molstar: [], ase: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    rows.own.push(measure(process.execPath, [join(here, 'text-own.mjs'), path]));
    if (molstar !== undefined)
      rows.molstar.push(measure(process.execPath, [join(here, 'text-molstar.mjs'), path, molstar]));
    if (ase !== undefined && (round === 0 || rows.ase[0] !== undefined)) {
      rows.ase.push(measure('/usr/bin/python3', [join(here, 'text-ase.py'), path, ase]));
    }
  }
  const { megabytes, frames } = rows.own[0];
  const rate = (ms) =>
    Number.isFinite(ms) && ms > 0 ? ((1000 * megabytes) / ms).toFixed(ms < 10 * megabytes ? 0 : 1) : '-';
  const peak = (list) => (Number.isFinite(best(list, 'peakMb')) ? best(list, 'peakMb').toFixed(0) : '-');
  const [pass, read] = [best(rows.own, 'indexMs'), best(rows.own, 'readMs')];
  const columns = [
    megabytes.toFixed(1),
    frames,
    rate(pass),
    rate(read),
    rate(best(rows.own, 'drawnMs')),
    rate(pass + read),
    rate(best(rows.molstar, 'readMs')),
    rate(best(rows.ase, 'readMs')),
    peak(rows.own),
    peak(rows.molstar),
    peak(rows.ase),
  ];
  lines.push(kind.padEnd(25) + columns.map((value) => String(value).padStart(8)).join(''));
  process.stdout.write(`${lines.at(-1)}\n`);
}
rmSync(folder, { recursive: true, force: true });
mkdirSync(join(here, '..', 'results'), { recursive: true });
writeFileSync(join(here, '..', 'results', 'formats-text.txt'), `${lines.join('\n')}\n`);
