import { elementSymbol } from '../../../chem/elements.ts';
import {
  FRAME_KEYS,
  isFrameArray,
  type FrameArray,
  type FrameData,
  type FrameValue,
} from '../../../protocol/frames.ts';
import { COLUMN_OF_KEY, keyOfColumn } from './columns.ts';
import { keyOfInfo } from './comment.ts';
import { numberOfSpecies } from './species.ts';
import { elementWriter, isLogical, isUnwritable, writeFloat, writeKey, writeValue } from './write-value.ts';

/** One per-atom array as it is written: its entry in `Properties` and the words of an atom. */
interface Column {
  property: string;
  words(atom: number): string;
}

/** Keys that are written in a place of their own. */
const PLACED: ReadonlySet<string> = new Set([
  'positions',
  'numbers',
  'arrays.symbols',
  'cell',
  'pbc',
  'stress',
  'bonds',
]);

/**
 * A frame as text in extended XYZ, newline at the end. What our reader read comes back equal, positions and all other
 * float64 to the bit; float32 is written as short as its bits allow. Arrays of truth values, units and order of keys are
 * kept. Words of atoms cannot hold blanks, which become underscores; bonds are written as `connectivity`; other keys
 * than those of `protocol/frames.ts` come back as `arrays.<name>` or `info.<name>`.
 */
export function writeExtxyzFrame(data: FrameData): string {
  return [...extxyzPieces(data)].join('');
}

/** Atoms that are written in one go. */
const ATOMS_AT_ONCE = 4_096;

/** The same text in pieces of some hundred kB, each made when it is asked for. */
export function* extxyzPieces(data: FrameData): Generator<string> {
  const atomCount = atomCountOf(data);
  const columns = [speciesColumn(data, atomCount), ...placedColumns(data, atomCount), ...otherColumns(data, atomCount)];
  const words = [
    ...cellWords(data),
    `Properties=${columns.map((column) => column.property).join(':')}`,
    ...infoWords(data, atomCount),
  ];
  let lines: string[] = [String(atomCount), words.join(' ')];
  for (let atom = 0; atom < atomCount; atom += 1) {
    lines.push(columns.map((column) => column.words(atom)).join(' '));
    if (lines.length < ATOMS_AT_ONCE) continue;
    yield `${lines.join('\n')}\n`;
    lines = [];
  }
  if (lines.length > 0) yield `${lines.join('\n')}\n`;
}

function atomCountOf(data: FrameData): number {
  const perAtom = [
    data.positions,
    data.numbers,
    ...Object.entries(data)
      .filter(([key]) => key.startsWith('arrays.'))
      .map(([, value]) => value),
  ];
  return perAtom.find(isFrameArray)?.shape[0] ?? 0;
}

function isPerAtom(key: string, value: unknown, atomCount: number): value is FrameArray {
  if (!isFrameArray(value as FrameArray) || key.startsWith('info.') || PLACED.has(key)) return false;
  const array = value as FrameArray;
  if (array.shape[0] !== atomCount || array.shape.slice(1).includes(0)) return false;
  return (
    key.startsWith('arrays.') ||
    FRAME_KEYS[key]?.shape[0] === 'N' ||
    (FRAME_KEYS[key] === undefined && key !== 'dipole')
  );
}

function speciesColumn(data: FrameData, atomCount: number): Column {
  const symbols = data['arrays.symbols'];
  const labels = isFrameArray(symbols) && symbols.shape[0] === atomCount ? symbols : undefined;
  const numbers = isFrameArray(data.numbers) ? data.numbers.data : new Uint8Array(atomCount);
  const label = (atom: number): string =>
    labels === undefined ? elementSymbol(numbers[atom]) : word(labels.table?.[labels.data[atom]] ?? 'X');
  const isSaid = Array.from({ length: labels === undefined ? 0 : atomCount }, (_, atom) => atom).every(
    (atom) => numberOfSpecies(label(atom)) === numbers[atom],
  );
  if (isSaid) return { property: 'species:S:1', words: label };
  return { property: 'species:S:1:Z:I:1', words: (atom) => `${label(atom)} ${numbers[atom]}` };
}

function placedColumns(data: FrameData, atomCount: number): Column[] {
  const { positions } = data;
  return isFrameArray(positions) && positions.shape[0] === atomCount ? [columnOf('pos', positions)] : [];
}

function otherColumns(data: FrameData, atomCount: number): Column[] {
  return Object.entries(data).flatMap(([key, value]) => {
    if (!isPerAtom(key, value, atomCount)) return [];
    const plain = key.startsWith('arrays.') ? key.slice(7) : (COLUMN_OF_KEY.get(key) ?? key);
    // A name that the reader would take for another key keeps its prefix.
    const name = key.startsWith('arrays.') && keyOfColumn(plain) !== key ? key : plain;
    return [columnOf(name.replaceAll(/[\s:="'\\]/g, '_'), value)];
  });
}

function columnOf(name: string, array: FrameArray): Column {
  const width = array.shape.slice(1).reduce((product, size) => product * size, 1);
  const write = elementWriter(array);
  const type = write === undefined ? 'S' : isLogical(array) ? 'L' : array.dtype.startsWith('<f') ? 'R' : 'I';
  const element = write ?? ((code: number): string => word(array.table?.[code] ?? ''));
  return {
    property: `${name}:${type}:${width}`,
    words(atom) {
      let words = element(array.data[atom * width]);
      for (let part = 1; part < width; part += 1) words += ` ${element(array.data[atom * width + part])}`;
      return words;
    },
  };
}

/** A word of an atom; an empty one is written as two quotes. */
function word(text: string): string {
  return text === '' ? '""' : text.replaceAll(/\s/g, '_');
}

function cellWords(data: FrameData): string[] {
  const { cell, pbc } = data;
  const lattice = isFrameArray(cell) ? [`Lattice="${Array.from(cell.data, writeFloat).join(' ')}"`] : [];
  const truths = isFrameArray(pbc) ? Array.from(pbc.data, Boolean) : isFrameArray(cell) ? [false, false, false] : [];
  return truths.length === 0 ? lattice : [...lattice, `pbc="${truths.map((truth) => (truth ? 'T' : 'F')).join(' ')}"`];
}

function infoWords(data: FrameData, atomCount: number): string[] {
  const words: string[] = [];
  for (const [key, value] of Object.entries(data)) {
    if (PLACED.has(key) || key.startsWith('arrays.') || isPerAtom(key, value, atomCount) || isUnwritable(value))
      continue;
    const plain = key.startsWith('info.') ? key.slice(5) : key;
    const name =
      key.startsWith('info.') && (keyOfInfo(plain) !== key || isReserved(plain)) && !isMatrix(plain, value)
        ? key
        : plain;
    words.push(`${writeKey(name)}=${isMatrix(plain, value) ? nine(value) : writeValue(value)}`);
  }
  const { stress, bonds } = data;
  if (isFrameArray(stress) && stress.data.length === 6) {
    const [xx, yy, zz, yz, xz, xy] = Array.from(stress.data, writeFloat);
    words.push(`stress="${[xx, xy, xz, xy, yy, yz, xz, yz, zz].join(' ')}"`);
  }
  if (isFrameArray(bonds) && bonds.shape[0] > 0) words.push(`connectivity=${writeValue(bonds)}`);
  return words;
}

/** Stress and virial are nine numbers in a row, as ASE demands. */
function isMatrix(name: string, value: FrameValue): value is FrameArray {
  return (name === 'virial' || name === 'stress') && isFrameArray(value) && value.data.length === 9;
}

function nine(matrix: FrameArray): string {
  return `"${Array.from(matrix.data, writeFloat).join(' ')}"`;
}

function isReserved(name: string): boolean {
  return ['', 'Lattice', 'Properties', 'pbc', 'connectivity', 'uid'].includes(name);
}
