import { expect, it } from 'vitest';
import { compare, isReadable, seeAll } from './compare-facts.ts';
import { facts, hasData, needsData, openBytes, readData } from './real-data.ts';

/** Files and tools whose answer is not the file's. */
const OTHERWISE: Readonly<Record<string, readonly string[]>> = {
  // Refused by us: two atoms of one id, items of another name; counted in text-damaged.test.ts.
  'lammps/bad/atom-duplicated-id.lammpstrj': ['ase'],
  'lammps/bad/items-after-atoms.lammpstrj': ['ase'],
  'lammps/bad/timestep-item-name.lammpstrj': ['ase'],
  'lammps/bad/timestep-no-item.lammpstrj': ['ase'],
  'lammps/bad/box-wrong-size.lammpstrj': ['ase'],
  'lammps/bad/box-not-numbers.lammpstrj': ['ase'],
};

/** Rule, kind, files, and how many files and comparisons there are at least. */
const KINDS: readonly [string, string, RegExp, number, number][] = [
  ['F70', 'LAMMPS dump', /\.(lammpstrj|dump)(\.gz|\.bz2)?$/, 6, 60],
  ['F71', 'LAMMPS data', /\.(lmp|data)$/, 1, 10],
  ['F72', 'POSCAR and XDATCAR', /^(vasp\/|generated\/XDATCAR)/, 5, 70],
  ['F74', 'SDF', /\.sdf$/, 2, 15],
];

for (const [rule, kind, pattern, leastFiles, leastChecks] of KINDS) {
  it.skipIf(!hasData)(`[${rule}] real ${kind} files give the numbers other programs read${needsData}`, async () => {
    let files = 0;
    let checks = 0;
    for (const [path, entry] of Object.entries(facts)) {
      const usable = entry.facts.filter(
        (fact) => isReadable(fact) && !(OTHERWISE[path] ?? []).some((tool) => fact.tool.startsWith(tool)),
      );
      if (!pattern.test(path) || usable.length === 0) continue;
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
