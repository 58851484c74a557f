import type { FrameArray, FrameData } from '../../protocol/frames.ts';
import { NAME_KEYS, countAtoms, perAtom } from '../select/atom-columns.ts';
import { residueGroups } from '../select/residue-groups.ts';

/** Keys of a frame that a trace is found from. */
export const TRACE_KEYS: readonly string[] = Object.values(NAME_KEYS);

/** The chains of a structure: one entry a residue that has a place on its backbone, in the order of the file. */
export interface PolymerTrace {
  readonly count: number;
  /** The atom that carries a residue's place: CA of amino acids, C4' of nucleotides, else P. */
  readonly carriers: Uint32Array;
  /** The carbonyl oxygen, or C1' of nucleotides: which way the residue faces; -1 where it is missing. */
  readonly facing: Int32Array;
  /** Backbone N, C of amino acids; -1 where missing. */
  readonly nitrogens: Int32Array;
  readonly carbons: Int32Array;
  /** 1 for nucleotides. */
  readonly isNucleic: Uint8Array;
  /** Index into `chains` of names, or 0: residues of other chains are never joined. */
  readonly chains: Int32Array;
  /** Residue of each atom of the frame; -1 for those of no chain. */
  readonly residueOf: Int32Array;
  /** 1 for atoms of nucleotides that belong neither to the sugar, but for C1', nor to the phosphate. */
  readonly isBase: Uint8Array;
  /** 1 for atoms of water. */
  readonly isWater: Uint8Array;
}

const WATERS: ReadonlySet<string> = new Set(
  'HOH WAT SOL H2O DOD TIP TIP3 TIP4 TIP5 TP3 SPC SPCE W OH2 TIP3P TIP4P'.split(' '),
);

const EMPTY = -1;

/** Which atoms of a frame make chains, by their names; undefined where the frame has no names or no chain. */
export function polymerTrace(data: FrameData): PolymerTrace | undefined {
  const names = perAtom(data, NAME_KEYS.name);
  const numbers = perAtom(data, 'numbers')?.data;
  if (names?.table === undefined || perAtom(data, NAME_KEYS.residueNumber) === undefined) return undefined;
  const atomCount = countAtoms(data);
  const groups = residueGroups(data);
  let groupCount = 0;
  for (const group of groups) groupCount = Math.max(groupCount, group + 1);
  const parts = collectParts(names, groups, groupCount, numbers);
  const chains = perAtom(data, NAME_KEYS.chain)?.data;
  const order: number[] = [];
  const isKnown = new Uint8Array(groupCount);
  for (const group of groups) {
    if (isKnown[group] === 1) continue;
    isKnown[group] = 1;
    if (parts.alpha[group] >= 0 || isNucleotide(parts, group)) order.push(group);
  }
  if (order.length === 0) return undefined;
  const residueOfGroup = new Int32Array(groupCount).fill(EMPTY);
  for (const [residue, group] of order.entries()) residueOfGroup[group] = residue;
  const pick = (protein: Int32Array, nucleic: Int32Array | undefined): Int32Array =>
    Int32Array.from(order, (group) =>
      parts.alpha[group] >= 0 ? protein[group] : nucleic === undefined ? EMPTY : nucleic[group],
    );
  const carriers = Uint32Array.from(order, (group) => carrierOf(parts, group));
  return {
    count: order.length,
    carriers,
    facing: pick(parts.oxygen, parts.sugar1),
    nitrogens: pick(parts.nitrogen, undefined),
    carbons: pick(parts.carbon, undefined),
    isNucleic: Uint8Array.from(order, (group) => Number(parts.alpha[group] < 0)),
    chains: Int32Array.from(carriers, (atom) => chains?.[atom] ?? 0),
    residueOf: Int32Array.from(groups, (group) => residueOfGroup[group]),
    isBase: basesOf(names),
    isWater: watersOf(perAtom(data, NAME_KEYS.residueName), atomCount),
  };
}

/** The atoms of each residue that backbones are made of; -1 where there is none. */
interface Parts {
  alpha: Int32Array;
  nitrogen: Int32Array;
  carbon: Int32Array;
  oxygen: Int32Array;
  phosphorus: Int32Array;
  sugar4: Int32Array;
  sugar1: Int32Array;
}

const PART_OF: Readonly<Record<string, keyof Parts>> = {
  CA: 'alpha',
  N: 'nitrogen',
  C: 'carbon',
  O: 'oxygen',
  OT1: 'oxygen',
  OC1: 'oxygen',
  O1: 'oxygen',
  P: 'phosphorus',
  "C4'": 'sugar4',
  'C4*': 'sugar4',
  "C1'": 'sugar1',
  'C1*': 'sugar1',
};

/** Atomic number a part has; an atom CA may be calcium. */
const ELEMENT_OF: Readonly<Record<keyof Parts, number>> = {
  alpha: 6,
  nitrogen: 7,
  carbon: 6,
  oxygen: 8,
  phosphorus: 15,
  sugar4: 6,
  sugar1: 6,
};

function collectParts(
  { data, table = [] }: FrameArray,
  groups: Uint32Array,
  groupCount: number,
  numbers: ArrayLike<number> | undefined,
): Parts {
  const empty = (): Int32Array => new Int32Array(groupCount).fill(EMPTY);
  const parts: Parts = {
    alpha: empty(),
    nitrogen: empty(),
    carbon: empty(),
    oxygen: empty(),
    phosphorus: empty(),
    sugar4: empty(),
    sugar1: empty(),
  };
  const kinds = table.map((name) => PART_OF[name.trim().toUpperCase()]);
  for (let atom = 0; atom < groups.length; atom += 1) {
    const kind = kinds[data[atom]];
    if (kind === undefined) continue;
    const number = numbers?.[atom] ?? 0;
    // Of several places of one atom the first counts.
    if ((number === 0 || number === ELEMENT_OF[kind]) && parts[kind][groups[atom]] < 0)
      parts[kind][groups[atom]] = atom;
  }
  return parts;
}

function isNucleotide({ sugar4, sugar1, phosphorus }: Parts, group: number): boolean {
  return sugar4[group] >= 0 ? sugar1[group] >= 0 || phosphorus[group] >= 0 : false;
}

function carrierOf({ alpha, sugar4 }: Parts, group: number): number {
  return alpha[group] >= 0 ? alpha[group] : sugar4[group];
}

function basesOf({ data, table = [] }: FrameArray): Uint8Array {
  const isBase = table.map((name) => /^C1['*]$|^(?!.*['*"])(?!P$|O\dP$|OP\d$|HO)/i.test(name.trim()));
  return Uint8Array.from(data, (name) => Number(isBase[name] ?? false));
}

function watersOf(names: FrameArray | undefined, atomCount: number): Uint8Array {
  const waters = new Uint8Array(atomCount);
  if (names?.table === undefined) return waters;
  const isWater = names.table.map((name) => WATERS.has(name.trim().toUpperCase()));
  for (let atom = 0; atom < atomCount; atom += 1) waters[atom] = Number(isWater[names.data[atom]]);
  return waters;
}
