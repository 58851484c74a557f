import { frameArray, type FrameData, stringArray } from '../../../protocol/frames.ts';
import { excerpt } from '../damage.ts';
import { numberOfText } from '../text/parse-number.ts';
import { LineReader, wordsOf } from '../text/words.ts';
import { cellOfLengths } from '../unit-cell.ts';
import { mol2Element } from './mol2-element.ts';
import { MOLECULE } from './mol2-scanner.ts';

/** Orders of bonds by their names; amides are single, and so are those that are said to be unknown. */
const ORDERS: ReadonlyMap<string, number> = new Map([
  ['1', 1],
  ['2', 2],
  ['3', 3],
  ['ar', 4],
  ['am', 1],
  ['du', 1],
  ['un', 1],
]);
/** Atoms that are not connected. */
const NO_BOND = 'nc';

/** A name of a residue with its number, as proteins have them. */
const NUMBERED_RESIDUE = /^([A-Za-z]{3})(-?\d+)$/;

/** What is read of a molecule. */
class Molecule {
  readonly lines: LineReader;
  title = '';
  atomCount = 0;
  bondCount = 0;
  hasCharges = false;
  readonly indexOf = new Map<number, number>();
  readonly positions: number[] = [];
  readonly numbers: number[] = [];
  readonly names: string[] = [];
  readonly types: string[] = [];
  readonly charges: number[] = [];
  readonly residueNames: string[] = [];
  readonly residueNumbers: number[] = [];
  /** Number that the file gives the residue of an atom. */
  readonly substructures: number[] = [];
  readonly chains = new Map<number, string>();
  readonly bonds: number[] = [];
  readonly orders: number[] = [];
  bondsRead = 0;
  cell: Float64Array | undefined;

  constructor(lines: LineReader) {
    this.lines = lines;
  }

  /** The name, the counts, and whether charges are meant. */
  readHead(): void {
    const { lines } = this;
    this.title = lines.need('the name of the molecule').trim();
    const text = lines.need('the numbers of atoms and bonds');
    const [atoms, bonds = '0'] = wordsOf(text);
    if (!/^\d+$/.test(atoms ?? '') || !/^\d+$/.test(bonds)) {
      lines.refuse(`expected the numbers of atoms and bonds, found ${excerpt(text)}`);
    }
    [this.atomCount, this.bondCount] = [Number(atoms), Number(bonds)];
    this.hasCharges = false;
    for (const _word of ['the kind of molecule', 'the kind of charges']) {
      if (lines.peek()?.startsWith('@') === true) return;
      const word = lines.next()?.trim();
      this.hasCharges = word !== undefined && word !== '' && word !== 'NO_CHARGES';
    }
  }

  addAtom(text: string): void {
    const { lines } = this;
    const words = wordsOf(text);
    const [id, , x, y, z] = words.map(numberOfText);
    if (id === undefined || x === undefined || y === undefined || z === undefined || words.length < 6) {
      const which = `atom ${this.names.length + 1} of ${this.atomCount}`;
      return lines.refuse(`expected number, name, x, y, z and type of ${which}, found ${excerpt(text)}`);
    }
    if (this.indexOf.has(id)) lines.refuse(`two atoms have the number ${id}`);
    const [, name, , , , type, substructure = '1', residue = '', charge = ''] = words;
    const [, residueName = residue, residueNumber = substructure] = NUMBERED_RESIDUE.exec(residue) ?? [];
    this.indexOf.set(id, this.names.length);
    this.positions.push(x, y, z);
    this.names.push(name);
    this.types.push(type);
    this.numbers.push(mol2Element(type, name, residueName));
    this.residueNames.push(residueName);
    this.residueNumbers.push(Math.trunc(numberOfText(residueNumber) ?? 0));
    this.substructures.push(numberOfText(substructure) ?? 0);
    this.charges.push(numberOfText(charge) ?? Number.NaN);
  }

  addBond(text: string): void {
    const { lines } = this;
    const words = wordsOf(text);
    const [, first, second] = words.map(numberOfText);
    const kind = words[3]?.toLowerCase();
    const which = `bond ${this.bondsRead + 1} of ${this.bondCount}`;
    const order = ORDERS.get(kind ?? '');
    if (first === undefined || second === undefined || (order === undefined && kind !== NO_BOND)) {
      return lines.refuse(`expected number, two atoms and kind of ${which}, found ${excerpt(text)}`);
    }
    const [one, other] = [first, second].map((id) => this.indexOf.get(id));
    this.bondsRead += 1;
    if (one === undefined || other === undefined) {
      return lines.refuse(`${which} names atom ${one === undefined ? first : second}, which is not there`);
    }
    if (one === other) lines.refuse(`${which} joins atom ${first} to itself`);
    if (order === undefined) return undefined;
    this.bonds.push(one, other);
    this.orders.push(order);
    return undefined;
  }

  addChain(text: string): void {
    const [id, , , , , chain] = wordsOf(text);
    const number = numberOfText(id ?? '');
    if (number !== undefined && chain !== undefined && !/^\*+$/.test(chain)) this.chains.set(number, chain);
  }

  addCell(text: string): void {
    const cell = cellOfLengths(this.lines.numbersOf(text, 6, 'lengths and angles of the cell'));
    if (cell === undefined) this.lines.refuse(`expected lengths and angles that make a cell, found ${excerpt(text)}`);
    this.cell = cell;
  }

  assertWhole(): void {
    const { atomCount, bondCount, bondsRead, lines } = this;
    const found = this.names.length;
    if (found === atomCount && bondsRead === bondCount) return;
    lines.refuse(`the molecule says ${atomCount} atoms and ${bondCount} bonds and has ${found} and ${bondsRead}`);
  }

  data(): FrameData {
    const { atomCount, numbers, chains, substructures } = this;
    const data: FrameData = {
      positions: frameArray(Float32Array.from(this.positions), [atomCount, 3]),
      numbers: frameArray(Uint8Array.from(numbers)),
      bonds: frameArray(Int32Array.from(this.bonds), [this.orders.length, 2]),
      'arrays.atom_names': stringArray(this.names),
      'arrays.atom_types': stringArray(this.types),
    };
    if (this.residueNames.some((name) => name !== '')) {
      data['arrays.residue_names'] = stringArray(this.residueNames);
      data['arrays.residue_numbers'] = frameArray(Int32Array.from(this.residueNumbers));
    }
    if (this.orders.length > 0) data['info.bond_orders'] = frameArray(Int32Array.from(this.orders));
    if (chains.size > 0) data['arrays.chain_ids'] = stringArray(substructures.map((id) => chains.get(id) ?? ''));
    if (this.hasCharges && this.charges.every((charge) => !Number.isNaN(charge)))
      data['charges'] = frameArray(Float32Array.from(this.charges));
    if (this.cell !== undefined) {
      data['cell'] = frameArray(this.cell, [3, 3]);
      data['pbc'] = frameArray(Uint8Array.of(1, 1, 1));
    }
    if (this.title !== '' && !/^\*+$/.test(this.title)) data['info.title'] = this.title;
    return data;
  }
}

/** Reads one molecule; sections that are not drawn are passed over. Throws {@link LineProblem}. */
export function readMol2Frame(bytes: Uint8Array, isWanted: (key: string) => boolean): FrameData {
  const lines: LineReader = new LineReader(bytes);
  const molecule = new Molecule(lines);
  let section = '';
  for (let text = lines.next(); text !== undefined; text = lines.next()) {
    if (text.startsWith('@')) {
      section = text.trim();
      if (section === MOLECULE) molecule.readHead();
    } else if (text.trim() === '' || text.startsWith('#')) continue;
    else if (section === '@<TRIPOS>ATOM') molecule.addAtom(text);
    else if (section === '@<TRIPOS>BOND') molecule.addBond(text);
    else if (section === '@<TRIPOS>SUBSTRUCTURE') molecule.addChain(text);
    else if (section === '@<TRIPOS>CRYSIN') molecule.addCell(text);
  }
  molecule.assertWhole();
  const data = molecule.data();
  for (const key of Object.keys(data)) if (!isWanted(key)) delete data[key];
  return data;
}
