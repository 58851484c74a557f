import type { FrameData } from '../../../protocol/frames.ts';
import { LIMITS } from '../../../protocol/limits.ts';
import { excerpt } from '../damage.ts';
import { numberOfText } from '../text/parse-number.ts';
import { LineReader, wordsOf } from '../text/words.ts';
import { DataAtoms, type DataType } from './data-atoms.ts';
import { addBox, tiltedBox } from './lammps-box.ts';

interface Row {
  words: string[];
  comment: string;
}

function rowOf(text: string): Row {
  const hash = text.indexOf('#');
  return hash < 0
    ? { words: wordsOf(text), comment: '' }
    : { words: wordsOf(text.slice(0, hash)), comment: text.slice(hash + 1).trim() };
}

const isSection = (words: readonly string[]): boolean => /^[A-Z][A-Za-z]/.test(words[0] ?? '');

/** What stands before the sections. */
class DataHeader {
  readonly counts = new Map<string, number>();
  readonly bounds: number[][] = [
    [-0.5, 0.5],
    [-0.5, 0.5],
    [-0.5, 0.5],
  ];
  tilts: number[] = [0, 0, 0];

  /** Answers what is wrong with a line. */
  add(words: readonly string[]): string | undefined {
    const numbers = words.map(numberOfText);
    const split = numbers.indexOf(undefined);
    const name = split < 0 ? '' : words.slice(split).join(' ');
    const values = numbers.slice(0, split < 0 ? numbers.length : split) as number[];
    const axis = ['xlo xhi', 'ylo yhi', 'zlo zhi'].indexOf(name);
    if (axis >= 0 && values.length === 2) this.bounds[axis] = values;
    else if (name === 'xy xz yz' && values.length === 3) this.tilts = values;
    else if (values.length === 1) this.counts.set(name, values[0]);
    return values.every(Number.isFinite) ? undefined : `${excerpt(words.join(' '))} has a number that is not finite`;
  }
}

/** Reads a data file of LAMMPS, atoms in order of their ids; `#` begins a comment. Throws {@link LineProblem}. */
export function readDataFile(bytes: Uint8Array, isWanted: (key: string) => boolean): FrameData {
  const lines: LineReader = new LineReader(bytes);
  const title = lines.need('the title').trim();
  const header = new DataHeader();
  const types = new Map<string, DataType>();
  let atoms: DataAtoms | undefined;
  for (let text = lines.next(); text !== undefined; text = lines.next()) {
    const { words, comment } = rowOf(text);
    if (words.length === 0) continue;
    if (numberOfText(words[0]) !== undefined) {
      const problem = header.add(words);
      if (problem !== undefined) lines.refuse(problem);
      continue;
    }
    if (!isSection(words)) lines.refuse(`expected a number or a section, found ${excerpt(text)}`);
    const section = words.join(' ');
    const count = header.counts.get('atoms') ?? 0;
    if (section === 'Atoms') {
      if (count > LIMITS.atomsPerFrame) {
        lines.refuse(`the frame has ${count} atoms, more than the limit of ${LIMITS.atomsPerFrame}`);
      }
      const added = new DataAtoms(wordsOf(comment)[0]);
      atoms = added;
      eachRow(lines, (row) => added.addAtom(row.words));
      if (added.count !== count) lines.refuse(`the file says ${count} atoms and the section Atoms has ${added.count}`);
    } else if (section === 'Masses') {
      eachRow(lines, (row) => addMass(types, row));
    } else if (section === 'Velocities' || section === 'Bonds') {
      const given = atoms;
      if (given === undefined) lines.refuse(`the section ${section} stands before Atoms`);
      eachRow(lines, (row) => (section === 'Bonds' ? given.addBond(row.words) : given.addVelocity(row.words)));
    } else eachRow(lines, () => undefined);
  }
  const expected = header.counts.get('atoms');
  if (expected === undefined) lines.refuse('the file does not say the number of atoms');
  if (atoms === undefined && expected > 0) lines.refuse(`the file says ${expected} atoms and has no section Atoms`);
  const data = (atoms ?? new DataAtoms('atomic')).data(types);
  const lengths = header.bounds.map(([low, high]) => high - low);
  const [x, y, z] = header.bounds;
  addBox(data, tiltedBox([x[0], y[0], z[0]], lengths, header.tilts, [true, true, true]), 1);
  if (title !== '') data['info.comment'] = title;
  for (const key of Object.keys(data)) if (!isWanted(key)) delete data[key];
  return data;
}

/** Takes the lines of a section; `add` answers what is wrong with one. */
function eachRow(lines: LineReader, add: (row: Row) => string | undefined): void {
  for (let ahead = lines.peek(); ahead !== undefined; ahead = lines.peek()) {
    const row = rowOf(ahead);
    if (isSection(row.words)) return;
    lines.next();
    const problem = row.words.length === 0 ? undefined : add(row);
    if (problem !== undefined) lines.refuse(problem);
  }
}

function addMass(types: Map<string, DataType>, { words, comment }: Row): string | undefined {
  const mass = numberOfText(words[1] ?? '');
  if (mass === undefined) return `expected a type and its mass, found ${excerpt(words.join(' '))}`;
  types.set(words[0], { mass, label: wordsOf(comment)[0] ?? '' });
  return undefined;
}
