// Files to measure: real ones of the test data, repeated until they are large enough to time.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const MEGABYTES = 24;

/** Kind, real file, how often its frames may be repeated, and how others name the format. */
const KINDS = [
  {
    kind: 'LAMMPS dump',
    from: 'generated/deposit.lammpstrj',
    name: 'dump.lammpstrj',
    ase: 'lammps-dump-text',
    molstar: 'lammps',
  },
  {
    kind: 'LAMMPS dump, 13 columns',
    from: 'lammps/properties.lammpstrj',
    name: 'wide.lammpstrj',
    ase: 'lammps-dump-text',
    molstar: 'lammps',
  },
  { kind: 'XDATCAR', from: 'generated/XDATCAR', name: 'XDATCAR', ase: 'vasp-xdatcar', head: 7 },
  { kind: 'SDF', from: 'sdf/kinases.sdf', name: 'kinases.sdf', molstar: 'sdf', separator: '$$$$\n' },
  { kind: 'mmCIF, 20 models', from: 'cif/1j8k.cif.gz', name: 'models.cif', once: true, molstar: 'cif' },
  { kind: 'mmCIF, 4,779 atoms', from: 'cif/4hhb.cif', name: '4hhb.cif', once: true, molstar: 'cif' },
  { kind: 'BinaryCIF', from: 'cif/1cbs_full.bcif', name: '1cbs.bcif', once: true, molstar: 'bcif' },
  { kind: 'GRO', from: 'gromacs/adk_oplsaa.gro', name: 'adk.gro', molstar: 'gro' },
  { kind: 'PDB, 20 models', from: 'pdb/17-ala.pdb', name: 'models.pdb', ase: 'proteindatabank', model: true },
  { kind: 'extended XYZ', from: 'extxyz/3bpa_train_300K.xyz', name: '3bpa.xyz', ase: 'extxyz', molstar: 'xyz' },
];

/** Writes the files into `folder` and answers what they are. */
export function makeInputs(data, folder) {
  mkdirSync(folder, { recursive: true });
  return KINDS.map((kind) => {
    const raw = readFileSync(join(data, kind.from));
    const bytes = kind.from.endsWith('.gz') ? gunzipSync(raw) : raw;
    const path = join(folder, kind.name);
    if (kind.once) writeFileSync(path, bytes);
    else {
      const text = bytes.toString('latin1');
      const first = kind.head === undefined ? text : text.split('\n').slice(kind.head).join('\n');
      const one = kind.separator !== undefined && !first.endsWith(kind.separator) ? first + kind.separator : first;
      const times = Math.max(1, Math.round((MEGABYTES * 1e6) / one.length));
      const head = kind.head === undefined ? '' : `${text.split('\n').slice(0, kind.head).join('\n')}\n`;
      writeFileSync(path, Buffer.from(head + one.repeat(times), 'latin1'));
    }
    return { ...kind, path };
  });
}
