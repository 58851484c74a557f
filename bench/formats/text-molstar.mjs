// Mol*'s reader of one file, in a process of its own. argv: path, reader. Only the parse is timed, the whole file is in memory.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [path, reader] = process.argv.slice(2);
const require = createRequire(process.env.BENCH_PEERS ?? import.meta.url);
const from = (name) => require(`molstar/lib/commonjs/mol-io/reader/${name}.js`);
const readers = {
  lammps: (text) => from('lammps/traj/parser').parseLammpsTrajectory(text),
  sdf: (text) => from('sdf/parser').parseSdf(text),
  cif: (text) => from('cif').CIF.parseText(text),
  bcif: (bytes) => from('cif').CIF.parseBinary(bytes),
  gro: (text) => from('gro/parser').parseGRO(text),
  xyz: (text) => from('xyz/parser').parseXyz(text),
};
const bytes = readFileSync(path);
const input = reader === 'bcif' ? new Uint8Array(bytes) : bytes.toString('latin1');
const run = readers[reader];
const before = process.cpuUsage();
const result = await run(input).run();
if (result.isError) throw new Error(result.message);
if (reader.endsWith('cif')) {
  // Its columns are decoded when asked for.
  for (const block of result.result.blocks) {
    const sites = block.categories.atom_site;
    for (const name of ['Cartn_x', 'Cartn_y', 'Cartn_z']) sites.getField(name).toFloatArray();
    for (const name of ['type_symbol', 'auth_atom_id', 'auth_comp_id', 'auth_asym_id'])
      sites.getField(name).toStringArray();
  }
}
const { user, system } = process.cpuUsage(before);
process.stdout.write(JSON.stringify({ readMs: (user + system) / 1000, peakMb: process.resourceUsage().maxRSS / 1024 }));
