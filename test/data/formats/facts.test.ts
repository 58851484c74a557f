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
};

for (const [rule, kind, pattern] of [
  ['F1', 'XYZ', /\.xyz(\.gz)?$/],
  ['F2', 'GRO and PDB', /\.(gro|pdb)(\.gz)?$/],
] as const) {
  it.skipIf(!hasData)(`[${rule}] real ${kind} files give the numbers other programs read${needsData}`, async () => {
    let files = 0;
    let checks = 0;
    for (const [path, entry] of Object.entries(facts)) {
      const usable = entry.facts.filter(
        (fact) => isReadable(fact) && !(OTHERWISE[path] ?? []).some((tool) => fact.tool.startsWith(tool)),
      );
      if (!pattern.test(path) || path.startsWith('odd/') || usable.length === 0) continue;
      const { trajectory, error } = await openBytes(path, readData(path));
      expect(error, path).toBeUndefined();
      const seen = await seeAll(trajectory);
      for (const fact of usable) compare(seen, path, fact);
      await trajectory.close();
      files += 1;
      checks += seen.checks;
    }
    process.stdout.write(`${kind}: ${files} real files, ${checks} numbers and names compared\n`);
    expect(files).toBeGreaterThan(kind === 'XYZ' ? 20 : 18);
    expect(checks).toBeGreaterThan(kind === 'XYZ' ? 600 : 250);
  });
}
