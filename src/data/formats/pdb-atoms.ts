import { atomicNumber } from '../../chem/elements.ts';
import { frameArray, type FrameArray, type FrameData } from '../../protocol/frames.ts';
import { excerpt } from './damage.ts';
import { guessElement, isWater } from './guess-element.ts';
import { LoneIons } from './lone-ions.ts';
import { hybrid36 } from './pdb-records.ts';
import { ResidueAtoms } from './residue-atoms.ts';
import { isBlank, textOf } from './text/bytes-text.ts';
import { numberInColumns, textInColumns } from './text/fixed-columns.ts';

/** The atoms of one PDB frame while they are read. */
export class PdbAtoms extends ResidueAtoms {
  private readonly serials: number[] = [];
  protected readonly ions: LoneIons = new LoneIons(elementOfName);

  /** Adds the atom of the record `bytes[start, end)`; answers what is wrong with it. */
  add(bytes: Uint8Array, start: number, end: number): string | undefined {
    const column = (from: number, to: number): string =>
      textInColumns(bytes, Math.min(end, start + from), Math.min(end, start + to));
    for (let axis = 0; axis < 3; axis += 1) {
      const from = start + 30 + 8 * axis;
      const value = from < end ? numberInColumns(bytes, from, Math.min(end, from + 8)) : undefined;
      if (value === undefined) {
        const found = from < end ? excerpt(textOf(bytes, from, Math.min(end, from + 8))) : 'the end of the line';
        return `expected coordinate ${'xyz'[axis]} in columns ${31 + 8 * axis} to ${38 + 8 * axis}, found ${found}`;
      }
      this.positions.push(value);
    }
    // Four columns as they are: which of them the name begins in tells calcium from an alpha carbon.
    const nameField = textOf(bytes, start + 12, start + 16);
    const residueName = column(17, 20);
    this.serials.push(hybrid36(column(6, 11), 5) ?? Number.NaN);
    this.atomNames.add(nameField.trim());
    this.altlocs.add(column(16, 17));
    this.residueNames.add(residueName);
    this.chains.add(column(21, 22));
    this.residueNumbers.push(hybrid36(column(22, 26), 4) ?? 0);
    this.insertions.add(column(26, 27));
    this.occupancies.push(this.optional(bytes, start + 54, Math.min(end, start + 60)));
    this.bFactors.push(this.optional(bytes, start + 60, Math.min(end, start + 66)));
    this.numbers.push(elementColumn(column(76, 78)) || this.ions.element(this.count, nameField, residueName));
    return undefined;
  }

  data(bonds: readonly number[]): FrameData {
    const data = this.columns();
    const pairs = this.bondPairs(bonds);
    if (pairs !== undefined) data[this.isEveryAtomBonded(pairs) ? 'bonds' : 'info.links'] = pairs;
    return data;
  }

  /**
   * Whether these are all bonds there are: each atom has one, except waters and residues of one atom. Files of
   * macromolecules give those of ligands and bridges only.
   */
  private isEveryAtomBonded(pairs: FrameArray): boolean {
    const bonded = new Uint8Array(this.count);
    for (const atom of pairs.data) bonded[atom] = 1;
    const { codes: names } = this.residueNames;
    const { codes: chains } = this.chains;
    const { residueNumbers } = this;
    const isSameResidue = (a: number, b: number): boolean =>
      b >= 0 &&
      b < this.count &&
      residueNumbers[a] === residueNumbers[b] &&
      names[a] === names[b] &&
      chains[a] === chains[b];
    for (let atom = 0; atom < this.count; atom += 1) {
      if (bonded[atom] === 1 || !(isSameResidue(atom, atom - 1) || isSameResidue(atom, atom + 1))) continue;
      if (!isWater(this.residueNames.word(names[atom]))) return false;
    }
    return true;
  }

  private optional(bytes: Uint8Array, start: number, end: number): number {
    return (start < end ? numberInColumns(bytes, start, end) : undefined) ?? Number.NaN;
  }

  /** Pairs of atoms from pairs of serial numbers, each once, in order; bonds to atoms that are not there are left out. */
  private bondPairs(bonds: readonly number[]): FrameArray | undefined {
    const atoms = new Map<number, number>();
    for (const [atom, serial] of this.serials.entries()) if (!atoms.has(serial)) atoms.set(serial, atom);
    const seen = new Set<number>();
    for (let k = 0; k + 1 < bonds.length; k += 2) {
      const first = atoms.get(bonds[k]);
      const second = atoms.get(bonds[k + 1]);
      if (first === undefined || second === undefined || first === second) continue;
      seen.add(Math.min(first, second) * this.count + Math.max(first, second));
    }
    if (seen.size === 0) return undefined;
    const pairs = [...seen].sort((a, b) => a - b).flatMap((code) => [Math.floor(code / this.count), code % this.count]);
    return frameArray(Int32Array.from(pairs), [seen.size, 2]);
  }
}

/** Columns 77 and 78; a charge or a digit after a one-letter symbol does no harm. */
function elementColumn(text: string): number {
  return atomicNumber(text) || atomicNumber(/^[A-Za-z]+/.exec(text)?.[0] ?? '');
}

/** Element of an atom name in its four columns: a two-letter symbol begins in the first of them. */
function elementOfName(field: string, residueName: string, isLone: boolean): number {
  const name = field.trim();
  const beginsFirst = field.length > 0 && !isBlank(field.charCodeAt(0));
  if (beginsFirst && name.length < 4 && /^[A-Za-z]{2}/.test(name)) {
    const two = atomicNumber(name.slice(0, 2));
    if (two !== 0 && guessElement(name.slice(0, 2), residueName, isLone) === two) return two;
  }
  return guessElement(name, residueName, isLone);
}
