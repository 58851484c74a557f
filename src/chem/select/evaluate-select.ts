import { isFrameArray, type FrameArray, type FrameData } from '../../protocol/frames.ts';
import { NAME_KEYS, atomColumn, countAtoms, needAtoms, perAtom } from './atom-columns.ts';
import { atomsWithin } from './atoms-within.ts';
import { bondPairs, bondedAtoms, moleculeGroups } from './bond-graph.ts';
import { residueGroups } from './residue-groups.ts';
import type { IndexRange, SelectTree } from './select-tree.ts';

/**
 * The atoms an expression means in a frame, as ascending indices. Distances and bonds see the nearest image along the
 * axes that repeat. Throws `select/invalid` where the frame lacks what the expression reads.
 */
export function evaluateSelect(tree: SelectTree, data: FrameData): Uint32Array {
  const mask = new Evaluation(data).mask(tree);
  let count = 0;
  for (const bit of mask) count += bit;
  const atoms = new Uint32Array(count);
  let at = 0;
  for (let atom = 0; atom < mask.length; atom += 1) if (mask[atom] !== 0) atoms[at++] = atom;
  return atoms;
}

type SelectOf<K extends SelectTree['kind']> = Extract<SelectTree, { kind: K }>;

/** One frame, and what was found out about it so far. */
class Evaluation {
  readonly #data: FrameData;
  readonly #count: number;
  #pairs: ArrayLike<number> | undefined;

  constructor(data: FrameData) {
    this.#data = data;
    this.#count = countAtoms(data);
  }

  mask(tree: SelectTree): Uint8Array {
    switch (tree.kind) {
      case 'all':
        return new Uint8Array(this.#count).fill(1);
      case 'none':
        return new Uint8Array(this.#count);
      case 'element':
        return this.#element(tree.numbers);
      case 'index':
        return this.#ranges(new Uint8Array(this.#count), tree.ranges, undefined);
      case 'residue':
        return this.#residue(tree);
      case 'name':
        return this.#words(needAtoms(this.#data, NAME_KEYS.name, 'atom names'), tree.names, false);
      case 'chain':
        return this.#words(needAtoms(this.#data, NAME_KEYS.chain, 'chains'), tree.names, true);
      case 'property':
        return this.#property(tree);
      case 'within':
        return this.#within(tree);
      case 'bonded':
        return bondedAtoms(this.#bonds, this.#count);
      case 'bonded-to':
        return bondedAtoms(this.#bonds, this.#count, this.mask(tree.of));
      case 'grow':
        return this.#grow(tree);
      case 'same':
        return this.#same(tree);
      case 'not':
        return this.mask(tree.of).map((bit) => 1 - bit);
      case 'and':
        return this.#joined(tree.parts, (a, b) => a & b);
      case 'or':
        return this.#joined(tree.parts, (a, b) => a | b);
    }
  }

  get #bonds(): ArrayLike<number> {
    return (this.#pairs ??= bondPairs(this.#data));
  }

  #joined(parts: readonly SelectTree[], join: (a: number, b: number) => number): Uint8Array {
    const [first, ...rest] = parts;
    const result = this.mask(first);
    for (const part of rest) {
      const mask = this.mask(part);
      for (let atom = 0; atom < result.length; atom += 1) result[atom] = join(result[atom], mask[atom]);
    }
    return result;
  }

  #element(wanted: readonly number[]): Uint8Array {
    const numbers = perAtom(this.#data, 'numbers')?.data;
    const isWanted = new Uint8Array(256);
    for (const number of wanted) isWanted[number] = 1;
    return Uint8Array.from({ length: this.#count }, (_, atom) => isWanted[numbers?.[atom] ?? 0]);
  }

  /** Adds the atoms whose number, by default their index, lies in one of the ranges. */
  #ranges(mask: Uint8Array, ranges: readonly IndexRange[], numbers: ArrayLike<number> | undefined): Uint8Array {
    for (const { from = -Infinity, to = Infinity } of ranges) {
      if (numbers === undefined) mask.fill(1, Math.max(0, from), Math.max(0, to + 1));
      else
        for (let atom = 0; atom < mask.length; atom += 1)
          if (numbers[atom] >= from && numbers[atom] <= to) mask[atom] = 1;
    }
    return mask;
  }

  #residue({ names, ranges }: SelectOf<'residue'>): Uint8Array {
    const mask =
      names.length === 0
        ? new Uint8Array(this.#count)
        : this.#words(needAtoms(this.#data, NAME_KEYS.residueName, 'residue names'), names, false);
    if (ranges.length === 0) return mask;
    return this.#ranges(mask, ranges, needAtoms(this.#data, NAME_KEYS.residueNumber, 'residue numbers').data);
  }

  #words({ data, table }: FrameArray, names: readonly string[], isExact: boolean): Uint8Array {
    const plain = (text: string): string => (isExact ? text.trim() : text.trim().toLowerCase());
    const wanted = new Set(names.map(plain));
    if (table === undefined) return Uint8Array.from(data, (value) => Number(wanted.has(String(value))));
    const isWanted = table.map((text) => Number(wanted.has(plain(text))));
    return Uint8Array.from(data, (code) => isWanted[code] ?? 0);
  }

  #property({ property, is, value }: SelectOf<'property'>): Uint8Array {
    const { numbers, words } = atomColumn(this.#data, property);
    const mask = new Uint8Array(this.#count);
    if (typeof value === 'string' || (words !== undefined && (is === '=' || is === '!='))) {
      const wanted = String(value);
      const word = words ?? ((atom: number): string => String(numbers(atom)));
      for (let atom = 0; atom < mask.length; atom += 1) mask[atom] = Number((word(atom) === wanted) === (is === '='));
      return mask;
    }
    const holds: (a: number) => boolean = {
      '<': (a: number) => a < value,
      '<=': (a: number) => a <= value,
      '>': (a: number) => a > value,
      '>=': (a: number) => a >= value,
      '=': (a: number) => a === value,
      '!=': (a: number) => a !== value,
    }[is];
    for (let atom = 0; atom < mask.length; atom += 1) mask[atom] = Number(holds(numbers(atom)));
    return mask;
  }

  #within({ distance, of }: SelectOf<'within'>): Uint8Array {
    const { cell, pbc } = this.#data;
    const places = {
      atomCount: this.#count,
      positions: needAtoms(this.#data, 'positions', 'positions').data,
      cell: isFrameArray(cell) ? cell.data : undefined,
      pbc: isFrameArray(pbc) ? pbc.data : undefined,
    };
    return atomsWithin(places, this.mask(of), distance);
  }

  #grow({ steps, of }: SelectOf<'grow'>): Uint8Array {
    let mask = this.mask(of);
    for (let step = 0; step < steps; step += 1) {
      const next = bondedAtoms(this.#bonds, this.#count, mask);
      let isLarger = false;
      for (let atom = 0; atom < next.length; atom += 1) {
        if (mask[atom] !== 0) next[atom] = 1;
        else isLarger ||= next[atom] !== 0;
      }
      mask = next;
      if (!isLarger) break;
    }
    return mask;
  }

  #same({ as, of }: SelectOf<'same'>): Uint8Array {
    const mask = this.mask(of);
    const groups = this.#groups(as);
    const wanted = new Set<number>();
    for (let atom = 0; atom < mask.length; atom += 1) if (mask[atom] !== 0) wanted.add(groups[atom]);
    return Uint8Array.from(mask, (_, atom) => Number(wanted.has(groups[atom])));
  }

  #groups(as: SelectOf<'same'>['as']): ArrayLike<number> {
    if (as === 'residue') return residueGroups(this.#data);
    if (as === 'molecule') return moleculeGroups(this.#bonds, this.#count);
    if (as === 'name') return needAtoms(this.#data, NAME_KEYS.name, 'atom names').data;
    if (as === 'chain') return needAtoms(this.#data, NAME_KEYS.chain, 'chains').data;
    return perAtom(this.#data, 'numbers')?.data ?? new Uint8Array(this.#count);
  }
}
