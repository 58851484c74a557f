// One measurement in a process of its own: node read-one.mjs ours|molstar FORMAT FILE. Prints CPU milliseconds of index
// and read, of the best of several warm runs, as JSON. The file is in memory, so that only the reader is measured.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [, , reader, format, file] = process.argv;
const bytes = new Uint8Array(readFileSync(file));
const RUNS = 7;

function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function ours() {
  const { memorySource, openTrajectory } = await import('../../dist/data/index.js');
  return async () => {
    const began = cpuMs();
    const trajectory = await openTrajectory(memorySource(file, bytes));
    await trajectory.index();
    const indexed = cpuMs();
    let sum = 0;
    for (let index = 0; index < trajectory.count; index += 1) {
      const { positions } = await trajectory.read(index, ['positions']);
      sum += positions.data[0];
    }
    const read = cpuMs();
    await trajectory.close();
    return { index: indexed - began, read: read - indexed, frames: trajectory.count, sum };
  };
}

async function molstar() {
  const folder = process.env.COVALENCE_BENCH_PEERS ?? new URL('../', import.meta.url).pathname;
  const load = createRequire(new URL('peers.cjs', `file://${folder.endsWith('/') ? folder : `${folder}/`}`));
  const name = { xtc: 'parseXtc', trr: 'parseTrr', dcd: 'parseDcd', nctraj: 'parseNctraj' }[format];
  if (name === undefined) throw new Error(`Mol* does not read ${format}`);
  const parse = load(`molstar/lib/commonjs/mol-io/reader/${format}/parser`)[name];
  return async () => {
    const began = cpuMs();
    const answer = await parse(bytes).run();
    if (answer.isError) throw new Error(answer.message);
    const { frames, coordinates } = answer.result;
    return { index: 0, read: cpuMs() - began, frames: (frames ?? coordinates).length };
  };
}

try {
  const run = await (reader === 'ours' ? ours() : molstar());
  const found = [];
  for (let k = 0; k < RUNS; k += 1) found.push(await run());
  const least = (key) => Math.min(...found.map((one) => one[key]));
  console.log(JSON.stringify({ index: least('index'), read: least('read'), frames: found[0].frames }));
} catch (error) {
  console.log(
    JSON.stringify({
      error: String(error?.message ?? error)
        .split('\n', 1)[0]
        .slice(0, 60),
    }),
  );
}
