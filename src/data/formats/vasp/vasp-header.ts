import { elementSymbol } from '../../../chem/elements.ts';
import { frameArray, stringArray, type FrameData } from '../../../protocol/frames.ts';
import { LIMITS } from '../../../protocol/limits.ts';
import { excerpt } from '../damage.ts';
import { numberOfText } from '../text/parse-number.ts';
import { wordsOf, type LineReader } from '../text/words.ts';
import { numberOfSpecies, numbersOfSpecies } from '../xyz/species.ts';

/** What a POSCAR says before its atoms, and an XDATCAR before its first configuration. */
export interface VaspHeader {
  comment: string;
  /** Factors of the three directions of Cartesian coordinates. */
  scale: readonly [number, number, number];
  /** Rows in angstrom, scaled. */
  cell: Float64Array;
  /** A label for each species; undefined where neither a line nor the comment names them (VASP 4). */
  labels: readonly string[] | undefined;
  counts: readonly number[];
  atomCount: number;
}

/** Reads comment, scale, lattice, species and counts. Throws {@link LineProblem}. */
export function readVaspHeader(lines: LineReader): VaspHeader {
  const comment = lines.need('the comment').trim();
  const scaleText = lines.need('the scale');
  const scaleWords = wordsOf(scaleText);
  const factors = lines.numbersOf(scaleText, numberOfText(scaleWords[1] ?? '') === undefined ? 1 : 3, 'the scale');
  const rows = ['first', 'second', 'third'].map((name) => lines.numbers(3, `the ${name} lattice vector`));
  const scale = scaleOf(factors, rows);
  if (scale === undefined) lines.refuse('the scale and the lattice vectors make no cell');
  const cell = Float64Array.from(rows.flatMap((row) => row.map((part, axis) => part * scale[axis] + 0)));
  let text = lines.need('the number of atoms of each species');
  let labels: string[] | undefined;
  if (!/^\s*\d/.test(text)) {
    // Names of potentials and hashes may follow the symbol: Fe_pv, Si/4a3f.
    labels = wordsOf(text).map((word) => word.replace(/[/].*$/, ''));
    text = lines.need('the number of atoms of each species');
  }
  const counts: number[] = [];
  for (const word of wordsOf(text)) {
    if (!/^\d+$/.test(word)) break;
    counts.push(Number(word));
  }
  if (counts.length === 0) lines.refuse(`expected the number of atoms of each species, found ${excerpt(text)}`);
  if (labels !== undefined && labels.length < counts.length) {
    lines.refuse(`${labels.length} species are named and ${counts.length} have a number of atoms`);
  }
  const atomCount = counts.reduce((sum, count) => sum + count, 0);
  if (atomCount > LIMITS.atomsPerFrame) {
    lines.refuse(`the frame has ${atomCount} atoms, more than the limit of ${LIMITS.atomsPerFrame}`);
  }
  return { comment, scale, cell, labels: labels ?? labelsOfComment(comment, counts.length), counts, atomCount };
}

/** A negative factor is the volume of the cell, three are those of the directions. */
function scaleOf(factors: readonly number[], [a, b, c]: number[][]): VaspHeader['scale'] | undefined {
  const volume =
    a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0]);
  const [x, y = x, z = x] = factors;
  if (!Number.isFinite(volume)) return undefined;
  if (factors.length === 3) return [x, y, z].every((factor) => factor > 0) && volume !== 0 ? [x, y, z] : undefined;
  const factor = x < 0 ? Math.cbrt(-x / Math.abs(volume)) : x;
  return factor > 0 && Number.isFinite(factor) && volume !== 0 ? [factor, factor, factor] : undefined;
}

/** VASP 4 names the species nowhere; most comments do: `Mn O`, `Cr12 O18`, `Cubic BN`. */
function labelsOfComment(comment: string, count: number): string[] | undefined {
  const words = wordsOf(comment.replace(/^#/, ''));
  const symbols = words.map((word) => word.replace(/\d+$/, ''));
  if (symbols.length >= count && symbols.slice(0, count).every(isSymbol)) return symbols.slice(0, count);
  for (const word of words.toReversed()) {
    const parts = [...word.matchAll(/([A-Z][a-z]?)\d*/g)];
    const isFormula = parts.map(([part]) => part).join('') === word;
    const found = parts.map(([, symbol]) => symbol);
    if (isFormula && found.length === count && found.every(isSymbol)) return found;
  }
  return undefined;
}

function isSymbol(text: string): boolean {
  const number = numberOfSpecies(text);
  return number !== 0 && elementSymbol(number) === text;
}

/** Cell, periodicity, atomic numbers and what else the header says. */
export function headerData({ comment, cell, labels, counts, atomCount }: VaspHeader): FrameData {
  const data: FrameData = { cell: frameArray(cell, [3, 3]), pbc: frameArray(Uint8Array.of(1, 1, 1)) };
  if (comment !== '') data['info.comment'] = comment;
  const types = new Int32Array(atomCount);
  let from = 0;
  counts.forEach((count, type) => {
    types.fill(type, from, from + count);
    from += count;
  });
  if (labels === undefined) {
    data.numbers = frameArray(new Uint8Array(atomCount));
    data['arrays.types'] = frameArray(types.map((type) => type + 1));
    return data;
  }
  const words = { ...frameArray(types), table: stringTable(labels) };
  const { numbers, symbols } = numbersOfSpecies(words, undefined, atomCount);
  data.numbers = numbers;
  if (symbols !== undefined) data['arrays.symbols'] = stringArray(Array.from(types, (type) => labels[type]));
  return data;
}

function stringTable(labels: readonly string[]): readonly string[] {
  return labels.length === 0 ? [''] : labels;
}

/** Positions in angstrom of coordinates that are fractions of the cell, or Cartesian before scaling. */
export function toAngstrom(header: VaspHeader, isDirect: boolean, coordinates: Float64Array): Float64Array {
  const { cell: v, scale } = header;
  for (let at = 0; at < coordinates.length; at += 3) {
    const [a, b, c] = coordinates.subarray(at, at + 3);
    for (let axis = 0; axis < 3; axis += 1) {
      coordinates[at + axis] = isDirect
        ? a * v[axis] + b * v[3 + axis] + c * v[6 + axis]
        : coordinates[at + axis] * scale[axis];
    }
  }
  return coordinates;
}

/** Room for atoms of which each takes a line such as `0 0 0`: no more is reserved than the bytes can hold. */
export function atomCapacity(atomCount: number, bytes: Uint8Array): number {
  return Math.min(atomCount, Math.ceil((bytes.length + 1) / 6));
}
