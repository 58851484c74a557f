import { frameArray, type FrameData } from '../../protocol/frames.ts';
import { excerpt } from './damage.ts';
import { cellOfBox, gromacsBox } from './gro-box.ts';
import { timeOfTitle } from './gro-title.ts';
import { guessElement } from './guess-element.ts';
import { LoneIons } from './lone-ions.ts';
import { countAlone, isBlankLine, lineAt, textOf } from './text/bytes-text.ts';
import { numberInColumns, textInColumns, WordColumn } from './text/fixed-columns.ts';
import { LineProblem } from './text/line-problem.ts';

/** Where the numbers of an atom are: width of a field, and whether velocities follow. */
export interface CoordinateColumns {
  width: number;
  hasVelocities: boolean;
}

const FIRST = 20;
const DOT = 46;

/**
 * The columns of the atom line `bytes[start, end)`: fields are as wide as their decimal points are apart, as GROMACS
 * reads them. Undefined when it is no atom line.
 */
export function coordinateColumns(bytes: Uint8Array, start: number, end: number): CoordinateColumns | undefined {
  const first = bytes.indexOf(DOT, start + FIRST);
  const second = bytes.indexOf(DOT, first + 1);
  const third = bytes.indexOf(DOT, second + 1);
  if (first < 0 || second < 0 || third < 0 || third >= end) return undefined;
  const width = second - first;
  if (width < 2 || width > 40 || third - second !== width || start + FIRST + 3 * width > end) return undefined;
  const hasVelocities = !isBlankLine(bytes, start + FIRST + 3 * width, end);
  return { width, hasVelocities };
}

/** Reads one GRO frame: nm become angstrom, nm/ps angstrom/fs. Throws {@link LineProblem}. */
export function readGroFrame(bytes: Uint8Array, isWanted: (key: string) => boolean): FrameData {
  let title = lineAt(bytes, 0);
  let count = lineAt(bytes, title.next);
  let line = 1;
  while (
    countAlone(bytes, count.start, count.end) < 0 &&
    isBlankLine(bytes, title.start, title.end) &&
    count.next > count.start
  ) {
    title = count;
    count = lineAt(bytes, title.next);
    line += 1;
  }
  const atomCount = countAlone(bytes, count.start, count.end);
  if (atomCount < 0) {
    throw new LineProblem(
      line,
      `expected the number of atoms, found ${excerpt(textOf(bytes, count.start, count.end))}`,
    );
  }
  const atoms = new GroAtoms(atomCount, isWanted);
  let at = count.next;
  for (let atom = 0; atom < atomCount; atom += 1) {
    line += 1;
    if (at >= bytes.length) throw new LineProblem(line, `the frame ends after ${atom} of ${atomCount} atoms`);
    const { start, end, next } = lineAt(bytes, at);
    const problem = atoms.add(bytes, start, end, atom);
    if (problem !== undefined) throw new LineProblem(line, problem);
    at = next;
  }
  const boxLine = lineAt(bytes, at);
  const boxText = textOf(bytes, boxLine.start, boxLine.end);
  const box = gromacsBox(boxText);
  if (box === undefined) throw new LineProblem(line + 1, `expected the box, 3 or 9 numbers, found ${excerpt(boxText)}`);
  const data = atoms.data();
  const cell = cellOfBox(box);
  if (cell !== undefined) Object.assign(data, { cell, pbc: frameArray(Uint8Array.of(1, 1, 1)) });
  const titleText = textOf(bytes, title.start, title.end).trim();
  Object.assign(data, timeOfTitle(titleText), titleText === '' ? {} : { 'info.title': titleText });
  for (const key of Object.keys(data)) if (!isWanted(key)) delete data[key];
  return data;
}

/** The atoms of one frame while they are read. */
class GroAtoms {
  private readonly positions: Float32Array;
  private velocities: Float32Array | undefined;
  private readonly numbers: Uint8Array;
  private readonly residueNumbers: Int32Array;
  private readonly residueNames = new WordColumn();
  private readonly atomNames = new WordColumn();
  private readonly ions = new LoneIons(guessElement);
  private readonly hasWords: boolean;
  private columns: CoordinateColumns | undefined;

  constructor(atomCount: number, isWanted: (key: string) => boolean) {
    this.positions = new Float32Array(3 * atomCount);
    this.numbers = new Uint8Array(atomCount);
    this.residueNumbers = new Int32Array(atomCount);
    this.hasWords = ['numbers', 'arrays.residue_names', 'arrays.residue_numbers', 'arrays.atom_names'].some(isWanted);
  }

  /** Adds the atom of the line `bytes[start, end)`; answers what is wrong with it. */
  add(bytes: Uint8Array, start: number, end: number, atom: number): string | undefined {
    if (this.columns === undefined) {
      this.columns = coordinateColumns(bytes, start, end);
      if (this.columns === undefined) return `expected an atom, found ${excerpt(textOf(bytes, start, end))}`;
      if (this.columns.hasVelocities) this.velocities = new Float32Array(this.positions.length);
    }
    const { width } = this.columns;
    const first = start + FIRST;
    if (first + 3 * width > end) return `the line ends before the coordinates of atom ${atom + 1}`;
    for (let axis = 0; axis < 3; axis += 1) {
      const nm = numberInColumns(bytes, first + axis * width, first + (axis + 1) * width);
      if (nm === undefined) return this.wrong(bytes, first + axis * width, 'a coordinate');
      this.positions[3 * atom + axis] = nm * 10;
    }
    for (let axis = 0; this.velocities !== undefined && axis < 3; axis += 1) {
      const from = first + (axis + 3) * width;
      const value = numberInColumns(bytes, from, Math.min(end, from + width));
      if (value === undefined) return this.wrong(bytes, from, 'a velocity');
      this.velocities[3 * atom + axis] = value / 100;
    }
    return this.hasWords ? this.addWords(bytes, start, atom) : undefined;
  }

  data(): FrameData {
    const atomCount = this.numbers.length;
    const { codes: residues } = this.residueNames;
    const { codes: names } = this.atomNames;
    this.ions.settle(
      this.numbers,
      (atom, other) =>
        this.residueNumbers[atom] === this.residueNumbers[other] &&
        residues[atom] === residues[other] &&
        names[atom] !== names[other],
    );
    return {
      positions: frameArray(this.positions, [atomCount, 3]),
      numbers: frameArray(this.numbers),
      ...(this.velocities === undefined ? {} : { velocities: frameArray(this.velocities, [atomCount, 3]) }),
      'arrays.residue_numbers': frameArray(this.residueNumbers),
      'arrays.residue_names': this.residueNames.toArray(),
      'arrays.atom_names': this.atomNames.toArray(),
    };
  }

  private addWords(bytes: Uint8Array, start: number, atom: number): string | undefined {
    const residueNumber = numberInColumns(bytes, start, start + 5);
    if (residueNumber === undefined || !Number.isInteger(residueNumber)) {
      return `expected a residue number, found ${excerpt(textOf(bytes, start, start + 5))}`;
    }
    const residueName = textInColumns(bytes, start + 5, start + 10);
    const atomName = textInColumns(bytes, start + 10, start + 15);
    if (atomName === '') return `atom ${atom + 1} has no name`;
    this.residueNumbers[atom] = residueNumber;
    this.residueNames.add(residueName);
    this.atomNames.add(atomName);
    this.numbers[atom] = this.ions.element(atom, atomName, residueName);
    return undefined;
  }

  private wrong(bytes: Uint8Array, from: number, what: string): string {
    const { width = 8 } = this.columns ?? {};
    const newline = bytes.indexOf(10, from);
    const end = Math.min(from + width, newline < 0 ? bytes.length : newline);
    return `expected ${what}, found ${excerpt(textOf(bytes, from, Math.max(from, end)))}`;
  }
}
