import { frameArray, type FrameArray, type FrameData } from '../../../protocol/frames.ts';
import { excerpt } from '../damage.ts';
import { isBlank, textOf } from '../text/bytes-text.ts';
import { WordColumn } from '../text/fixed-columns.ts';
import { scanned, scanNumber } from '../text/parse-number.ts';
import { numbersOfSpecies } from '../xyz/species.ts';
import type { DumpColumns } from './dump-columns.ts';
import { elementOfMass } from './element-of-mass.ts';
import type { LammpsBox } from './lammps-box.ts';
import { NAMES_WITHOUT_UNITS } from './lammps-units.ts';

/** Order of atoms: places in the file, or nothing where they are in order already. */
export type AtomOrder = Int32Array | undefined;

/** The atoms of one frame of a dump while they are read, column by column in the order of the file. */
export class DumpAtoms {
  private readonly means: DumpColumns;
  private readonly atomCount: number;
  private readonly isWanted: (key: string) => boolean;
  private readonly numbers: (Float64Array | undefined)[];
  private readonly words: (WordColumn | undefined)[];

  constructor(means: DumpColumns, atomCount: number, isWanted: (key: string) => boolean) {
    this.means = means;
    this.atomCount = atomCount;
    this.isWanted = isWanted;
    this.numbers = Array.from({ length: means.count });
    this.words = Array.from({ length: means.count });
    const number = (column: number): void => {
      if (column >= 0) this.numbers[column] ??= new Float64Array(atomCount);
    };
    const word = (column: number): void => {
      if (column >= 0) this.words[column] ??= new WordColumn();
    };
    number(means.id);
    if (isWanted('positions')) means.coordinates?.columns.forEach(number);
    if (isWanted('numbers') || isWanted('arrays.symbols')) {
      word(means.element);
      if (means.element < 0) number(means.mass);
    }
    for (const { key, columns, type } of means.values) {
      if (isWanted(key) || isOtherName(key, isWanted)) columns.forEach(type === 'word' ? word : number);
    }
  }

  /** Adds the atom of the line `bytes[start, end)`; answers what is wrong with it. */
  add(bytes: Uint8Array, start: number, end: number, atom: number): string | undefined {
    const { count } = this.means;
    let at = start;
    for (let column = 0; column < count; column += 1) {
      while (at < end && isBlank(bytes[at])) at += 1;
      if (at >= end) return `the line has ${column} words, ${count} are named`;
      const values = this.numbers[column];
      if (values !== undefined) {
        const value = scanNumber(bytes, at, end);
        if (value === undefined) return `expected a number, found ${excerpt(textOf(bytes, at, scanned.end))}`;
        values[atom] = value;
        at = scanned.end;
        continue;
      }
      const from = at;
      while (at < end && !isBlank(bytes[at])) at += 1;
      this.words[column]?.add(textOf(bytes, from, at));
    }
    while (at < end && isBlank(bytes[at])) at += 1;
    return at < end ? `the line has more words than the ${count} that are named` : undefined;
  }

  /** The order by ids; when two atoms have the same, the place of the later one. */
  order(): AtomOrder | { twin: number; id: number } {
    const ids = this.numbers[this.means.id];
    if (ids === undefined) return undefined;
    let isSorted = true;
    for (let atom = 1; atom < ids.length && isSorted; atom += 1) isSorted = ids[atom] > ids[atom - 1];
    if (isSorted) return undefined;
    const order = Int32Array.from(ids, (_, atom) => atom).sort((a, b) => ids[a] - ids[b] || a - b);
    for (let atom = 1; atom < order.length; atom += 1) {
      if (ids[order[atom]] === ids[order[atom - 1]]) return { twin: order[atom], id: ids[order[atom]] };
    }
    return order;
  }

  positions(order: AtomOrder, box: LammpsBox, length: number): FrameArray {
    const { columns, isScaled } = this.means.coordinates ?? { columns: [0, 0, 0], isScaled: false };
    const [x, y, z] = columns.map((column) => this.numbers[column] ?? new Float64Array(this.atomCount));
    const [ox, oy, oz] = box.origin;
    const [ax, ay, az, bx, by, bz, cx, cy, cz] = box.vectors;
    const out = new Float32Array(3 * this.atomCount);
    for (let atom = 0; atom < this.atomCount; atom += 1) {
      const from = order === undefined ? atom : order[atom];
      const [u, v, w] = [x[from], y[from], z[from]];
      out[3 * atom] = (isScaled ? ox + u * ax + v * bx + w * cx : u) * length;
      out[3 * atom + 1] = (isScaled ? oy + u * ay + v * by + w * cy : v) * length;
      out[3 * atom + 2] = (isScaled ? oz + u * az + v * bz + w * cz : w) * length;
    }
    return frameArray(out, [this.atomCount, 3]);
  }

  /** Atomic numbers: by name, by mass, else unknown. */
  elements(order: AtomOrder): FrameData {
    const { element, mass } = this.means;
    const labels = this.words[element]?.toArray();
    if (labels !== undefined) {
      const { numbers, symbols } = numbersOfSpecies(ordered(labels, order), undefined, this.atomCount);
      return symbols === undefined ? { numbers } : { numbers, 'arrays.symbols': symbols };
    }
    const masses = element < 0 ? this.numbers[mass] : undefined;
    const numbers = new Uint8Array(this.atomCount);
    if (masses !== undefined) {
      const known = new Map<number, number>();
      for (let atom = 0; atom < numbers.length; atom += 1) {
        const value = masses[order === undefined ? atom : order[atom]];
        let number = known.get(value);
        if (number === undefined) known.set(value, (number = elementOfMass(value)));
        numbers[atom] = number;
      }
    }
    return { numbers: frameArray(numbers) };
  }

  /** All other values that are wanted, and the ids. */
  values(order: AtomOrder): FrameData {
    const data: FrameData = {};
    const { atomCount } = this;
    const ids = this.numbers[this.means.id];
    if (ids !== undefined && this.isWanted('ids')) data.ids = ordered(asWhole(ids), order);
    for (const { key, columns, type } of this.means.values) {
      const word = this.words[columns[0]]?.toArray();
      if (word !== undefined) data[key] = ordered(typeNumbers(word) ?? word, order);
      const parts = columns.map((column) => this.numbers[column]);
      if (parts[0] === undefined || !(this.isWanted(key) || isOtherName(key, this.isWanted))) continue;
      const width = columns.length;
      const joined = new Float64Array(atomCount * width);
      parts.forEach((part, k) => part?.forEach((value, atom) => (joined[atom * width + k] = value)));
      const shape = width === 1 ? [atomCount] : [atomCount, width];
      const array = type === 'whole' ? asWhole(joined) : frameArray(Float32Array.from(joined));
      data[key] = ordered({ ...array, shape }, order);
    }
    return data;
  }
}

/** Whether a value is wanted under the name it has where there are no units. */
function isOtherName(key: string, isWanted: (key: string) => boolean): boolean {
  return key in NAMES_WITHOUT_UNITS && isWanted(NAMES_WITHOUT_UNITS[key]);
}

/** Types are numbers, unless the file has labels of types. */
function typeNumbers(words: FrameArray): FrameArray | undefined {
  const table = words.table?.map(Number) ?? [];
  if (!table.every((value) => Number.isInteger(value) && Math.abs(value) < 2 ** 31)) return undefined;
  return frameArray(Int32Array.from(words.data, (code) => table[code]));
}

function asWhole(values: Float64Array): FrameArray {
  const isWhole = values.every((value) => Number.isInteger(value) && Math.abs(value) < 2 ** 31);
  return frameArray(isWhole ? Int32Array.from(values) : values.slice());
}

function ordered(array: FrameArray, order: AtomOrder): FrameArray {
  if (order === undefined) return array;
  const width = array.shape.slice(1).reduce((product, size) => product * size, 1);
  const data = array.data.slice();
  for (let atom = 0; atom < order.length; atom += 1) {
    for (let part = 0; part < width; part += 1) data[atom * width + part] = array.data[order[atom] * width + part];
  }
  return { ...array, data };
}
