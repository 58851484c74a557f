import type { PolymerTrace } from './polymer-trace.ts';
import { backboneBonds, type BackboneBonds } from './backbone-bonds.ts';

/** What a residue is part of. */
export const COIL = 0;
export const HELIX = 1;
export const STRAND = 2;

/** Names of these, in their order. */
export const STRUCTURE_NAMES: readonly string[] = ['coil', 'helix', 'strand'];

/** Residues further apart than this are not joined, whatever their numbers say; angstrom. */
const JOINED = { protein: 4.5, nucleic: 8.5 };

/** True for each residue that continues the one before it: same chain, near enough. */
export function joinedResidues(trace: PolymerTrace, positions: ArrayLike<number>): Uint8Array {
  const { carriers, chains, isNucleic, count } = trace;
  const joined = new Uint8Array(count);
  for (let i = 1; i < count; i += 1) {
    if (chains[i] !== chains[i - 1] || isNucleic[i] !== isNucleic[i - 1]) continue;
    const distance = between(positions, carriers[i], carriers[i - 1]);
    joined[i] = Number(distance > 0.5 && distance < (isNucleic[i] === 1 ? JOINED.nucleic : JOINED.protein));
  }
  return joined;
}

/**
 * Helix, strand or coil of each residue, from where the atoms are. With backbone N, C and O by their hydrogen bonds
 * (Kabsch and Sander, Biopolymers 22, 2577, 1983: turns of four make helices, bridges strands); else from distances
 * of alpha carbons (Zhang and Skolnick, Nucleic Acids Research 33, 2302, 2005).
 */
export function secondaryStructure(
  trace: PolymerTrace,
  positions: ArrayLike<number>,
  joined: Uint8Array = joinedResidues(trace, positions),
): Uint8Array {
  const { count, carbons, facing, nitrogens, isNucleic } = trace;
  let whole = 0;
  let proteins = 0;
  for (let i = 0; i < count; i += 1) {
    if (isNucleic[i] === 1) continue;
    proteins += 1;
    whole += Number(carbons[i] >= 0 && facing[i] >= 0 && nitrogens[i] >= 0);
  }
  if (proteins === 0) return new Uint8Array(count);
  if (whole < 0.7 * proteins) return fromDistances(trace, positions, joined);
  return fromBonds(count, joined, backboneBonds(trace, positions, joined));
}

function fromBonds(count: number, joined: Uint8Array, bonds: BackboneBonds): Uint8Array {
  const structure = new Uint8Array(count);
  const bridged = new Uint8Array(count);
  const isRow = (from: number, to: number): boolean => {
    for (let i = from + 1; i <= to; i += 1) if (joined[i] !== 1) return false;
    return from >= 0 && to < count;
  };
  const has = (acceptor: number, donor: number): boolean => bonds.has(acceptor, donor);
  for (const [acceptor, donor] of bonds.pairs) {
    // Each bridge has a bond of a kind of four; from one of them the partners are guessed and tested.
    for (const [i, j] of [
      [acceptor, donor],
      [acceptor + 1, donor - 1],
      [acceptor + 1, donor],
      [acceptor, donor - 1],
    ]) {
      if (Math.abs(i - j) < 3 || !isRow(i - 1, i + 1) || !isRow(j - 1, j + 1)) continue;
      const isAnti = (has(i, j) && has(j, i)) || (has(i - 1, j + 1) && has(j - 1, i + 1));
      const isParallel = (has(i - 1, j) && has(j, i + 1)) || (has(j - 1, i) && has(i, j + 1));
      if (isAnti || isParallel) bridged[i] = bridged[j] = 1;
    }
  }
  for (let i = 0; i < count; i += 1) {
    const isNext = i + 1 < count && joined[i + 1] === 1;
    const isBeside = (joined[i] === 1 && bridged[i - 1] === 1) || (isNext && bridged[i + 1] === 1);
    const isGap = joined[i] === 1 && isNext && bridged[i - 1] === 1 && bridged[i + 1] === 1;
    if ((bridged[i] === 1 && isBeside) || isGap) structure[i] = STRAND;
  }
  for (const span of [4, 3])
    for (let i = 1; i + span < count; i += 1) {
      if (!has(i - 1, i - 1 + span) || !has(i, i + span) || !isRow(i - 1, i + span)) continue;
      if (span === 3 && structure.subarray(i, i + span).some((each) => each === STRAND)) continue;
      structure.fill(HELIX, i, i + span);
    }
  return structure;
}

/** Distances of alpha carbons one to four residues apart that are typical, and how far one may be off; angstrom. */
const TYPICAL = [
  { kind: HELIX, two: 5.45, three: 5.18, four: 6.37, off: 2.1 },
  { kind: STRAND, two: 6.1, three: 10.4, four: 13, off: 1.42 },
];

function fromDistances(
  { count, carriers, isNucleic }: PolymerTrace,
  p: ArrayLike<number>,
  joined: Uint8Array,
): Uint8Array {
  const structure = new Uint8Array(count);
  const far = (i: number, j: number): number => between(p, carriers[i], carriers[j]);
  for (let i = 2; i + 2 < count; i += 1) {
    if (isNucleic[i] === 1 || !(joined[i - 1] && joined[i] && joined[i + 1] && joined[i + 2])) continue;
    for (const { kind, two, three, four, off } of TYPICAL) {
      const fits =
        Math.abs(far(i - 2, i + 2) - four) < off &&
        Math.abs(far(i - 2, i + 1) - three) < off &&
        Math.abs(far(i - 1, i + 2) - three) < off &&
        Math.abs(far(i - 2, i) - two) < off &&
        Math.abs(far(i - 1, i + 1) - two) < off &&
        Math.abs(far(i, i + 2) - two) < off;
      if (fits) structure[i] = kind;
    }
  }
  // One residue alone is neither.
  for (let i = 0; i < count; i += 1)
    if (structure[i] !== structure[i - 1] && structure[i] !== structure[i + 1]) structure[i] = COIL;
  return structure;
}

function between(p: ArrayLike<number>, a: number, b: number): number {
  const x = p[3 * a] - p[3 * b];
  const y = p[3 * a + 1] - p[3 * b + 1];
  const z = p[3 * a + 2] - p[3 * b + 2];
  return Math.sqrt(x * x + y * y + z * z);
}
