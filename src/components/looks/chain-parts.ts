import type { PolymerTrace } from '../../chem/polymer/polymer-trace.ts';

/** What of some atoms is drawn how when their chains are ribbons. */
export interface ChainParts {
  /** Residues whose carriers are among the atoms. */
  residues: Uint32Array;
  /** One atom a residue, where its ribbon runs. */
  carriers: Uint32Array;
  /** Bases of nucleic acids, drawn as sticks. */
  bases: Uint32Array;
  /** All other atoms of chains, and water: not drawn. */
  rest: Uint32Array;
}

/** Parts a residue has at least that is not alone in its chain. */
const partsOfAll = new WeakMap<PolymerTrace, ChainParts>();

/** Sorts `atoms` (all when absent) into what a ribbon shows of them; those of no chain are in no list. */
export function chainParts(trace: PolymerTrace, atoms: Uint32Array | undefined): ChainParts {
  const known = atoms === undefined ? partsOfAll.get(trace) : undefined;
  if (known !== undefined) return known;
  const { residueOf, carriers, chains, isNucleic, isBase, isWater, count } = trace;
  const isOfChain = (residue: number): boolean =>
    (residue > 0 && chains[residue - 1] === chains[residue]) ||
    (residue + 1 < count && chains[residue + 1] === chains[residue]);
  const parts = { residues: [] as number[], carriers: [] as number[], bases: [] as number[], rest: [] as number[] };
  const atomCount = residueOf.length;
  for (let i = 0; i < (atoms?.length ?? atomCount); i += 1) {
    const atom = atoms === undefined ? i : atoms[i];
    if (atom >= atomCount) continue;
    const residue = residueOf[atom];
    if (residue < 0 || !isOfChain(residue)) {
      if (isWater[atom] === 1) parts.rest.push(atom);
    } else if (carriers[residue] === atom) {
      parts.carriers.push(atom);
      parts.residues.push(residue);
    } else if (isNucleic[residue] === 1 && isBase[atom] === 1) parts.bases.push(atom);
    else parts.rest.push(atom);
  }
  const found: ChainParts = {
    residues: Uint32Array.from(parts.residues),
    carriers: Uint32Array.from(parts.carriers),
    bases: Uint32Array.from(parts.bases),
    rest: Uint32Array.from(parts.rest),
  };
  if (atoms === undefined) partsOfAll.set(trace, found);
  return found;
}
