import { expect, it } from 'vitest';
import { compare, isReadable, seeAll } from './compare-facts.ts';
import { facts, hasData, needsData, openBytes, readData } from './real-data.ts';

/** Files about which a tool and we agree that they are damaged, or where its answer is not the file's. */
const OTHERWISE: Readonly<Record<string, readonly string[]>> = {
  'gromacs/truncated.gro': ['ase'],
  'gromacs/odd/grovels.gro': ['MDAnalysis'],
  'xyz/bad/extended-bad-properties.xyz': ['MDAnalysis'],
  'xyz/bad/extended.xyz': ['MDAnalysis'],
  // gemmi merges models of one number.
  'pdb/odd/end-endmdl.pdb': ['gemmi'],
  // MDAnalysis subtracts the corner of the box, once or twice.
  'lammps/wat.lammpstrj.bz2': ['MDAnalysis'],
  'lammps/polymer.lammpstrj.gz': ['MDAnalysis'],
  // ASE reads the first record only; all six are counted in sdf.test.ts.
  'sdf/kinases.sdf': ['ase', 'chemfiles'],
};

/** What damage.test.ts and the tests of a format speak of. */
const DAMAGED = /^odd\/|^(?!xyz\/|pdb\/|gromacs\/).*\/bad\//;

/** Rule, kind, files, and how many files and comparisons there are at least. */
const KINDS: readonly [string, string, RegExp, number, number][] = [
  ['F1', 'XYZ', /\.xyz(\.gz)?$/, 21, 601],
  ['F2', 'GRO and PDB', /\.(gro|pdb)(\.gz)?$/, 19, 251],
  ['F70', 'LAMMPS dump', /\.(lammpstrj|dump)(\.gz|\.bz2)?$/, 6, 60],
  ['F71', 'LAMMPS data', /\.(lmp|data)$/, 1, 10],
  ['F72', 'POSCAR and XDATCAR', /^(vasp\/|generated\/XDATCAR)/, 5, 70],
  ['F78', 'CIF', /\.cif(\.gz)?$/, 8, 60],
  ['F74', 'SDF', /\.sdf$/, 1, 10],
];

for (const [rule, kind, pattern, leastFiles, leastChecks] of KINDS) {
  it.skipIf(!hasData)(`[${rule}] real ${kind} files give the numbers other programs read${needsData}`, async () => {
    let files = 0;
    let checks = 0;
    for (const [path, entry] of Object.entries(facts)) {
      const usable = entry.facts.filter(
        (fact) => isReadable(fact) && !(OTHERWISE[path] ?? []).some((tool) => fact.tool.startsWith(tool)),
      );
      if (!pattern.test(path) || DAMAGED.test(path) || usable.length === 0) continue;
      const { trajectory, error } = await openBytes(path, readData(path));
      expect(error, path).toBeUndefined();
      const seen = await seeAll(trajectory);
      for (const fact of usable) compare(seen, path, fact);
      await trajectory.close();
      files += 1;
      checks += seen.checks;
    }
    process.stdout.write(`${kind}: ${files} real files, ${checks} numbers and names compared\n`);
    expect(files).toBeGreaterThanOrEqual(leastFiles);
    expect(checks).toBeGreaterThanOrEqual(leastChecks);
  });
}
