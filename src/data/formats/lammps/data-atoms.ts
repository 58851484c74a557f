import { frameArray, stringArray, type FrameData } from '../../../protocol/frames.ts';
import { excerpt } from '../damage.ts';
import { numberOfText } from '../text/parse-number.ts';
import { numberOfSpecies } from '../xyz/species.ts';
import { ATOM_STYLES, styleOf, type AtomStyle } from './atom-style.ts';
import { elementOfMass } from './element-of-mass.ts';

/** What the section Masses says of a type. */
export interface DataType {
  mass: number;
  /** First word of the comment behind the mass, where people write the element. */
  label: string;
}

/** The atoms of a data file while they are read; rows are words. Adding answers what is wrong with a row. */
export class DataAtoms {
  private readonly styleName: string | undefined;
  private style: AtomStyle | undefined;
  private readonly ids: number[] = [];
  private readonly types: string[] = [];
  private readonly molecules: number[] = [];
  private readonly charges: number[] = [];
  private readonly positions: number[] = [];
  private readonly images: number[] = [];
  private readonly places = new Map<number, number>();
  private readonly bonds: number[] = [];
  private readonly velocities = new Map<number, number[]>();

  constructor(styleName: string | undefined) {
    this.styleName = styleName;
  }

  get count(): number {
    return this.ids.length;
  }

  addAtom(row: readonly string[]): string | undefined {
    this.style ??= styleOf(this.styleName, row);
    const { style } = this;
    if (style === undefined) {
      return `the atom style ${excerpt(this.styleName ?? `of ${row.length} words`)} is none of ${ATOM_STYLES}`;
    }
    const id = Number(row[0]);
    const position = row.slice(style.x, style.x + 3).map(numberOfText);
    const charge = style.charge < 0 ? 0 : numberOfText(row[style.charge] ?? '');
    if (row.length < style.width || !Number.isInteger(id) || position.includes(undefined) || charge === undefined) {
      return `expected an atom of ${style.width} words, found ${excerpt(row.join(' '))}`;
    }
    if (this.places.has(id)) return `two atoms have the id ${id}`;
    this.places.set(id, this.count);
    this.ids.push(id);
    this.types.push(row[style.type]);
    this.positions.push(...(position as number[]));
    if (style.molecule >= 0) this.molecules.push(Number(row[style.molecule]) || 0);
    if (style.charge >= 0) this.charges.push(charge);
    const images = row.slice(style.width, style.width + 3).map(Number);
    if (images.length === 3 && images.every(Number.isInteger)) this.images.push(...images);
    return undefined;
  }

  addVelocity(row: readonly string[]): string | undefined {
    const velocity = row.slice(1, 4).map(numberOfText);
    if (velocity.length < 3 || velocity.includes(undefined) || !this.places.has(Number(row[0]))) {
      return `expected the id of an atom and its velocity, found ${excerpt(row.join(' '))}`;
    }
    this.velocities.set(Number(row[0]), velocity as number[]);
    return undefined;
  }

  addBond(row: readonly string[]): string | undefined {
    const [first, second] = [row[2], row[3]].map((word) => this.places.get(Number(word)));
    if (first === undefined || second === undefined || first === second) {
      return `expected a bond of two atoms, found ${excerpt(row.join(' '))}`;
    }
    this.bonds.push(first, second);
    return undefined;
  }

  /** The frame in order of ids; `types` are those of the section Masses. */
  data(types: ReadonlyMap<string, DataType>): FrameData {
    const { count, ids } = this;
    const order = Array.from(ids, (_, atom) => atom).sort((a, b) => ids[a] - ids[b]);
    const places = new Int32Array(count);
    order.forEach((atom, place) => (places[atom] = place));
    const pick = (values: readonly number[], width = 1): number[] =>
      order.flatMap((atom) => values.slice(atom * width, atom * width + width));
    const labels = order.map((atom) => this.types[atom]);
    const known = new Map(
      [...types].map(([type, { mass, label }]) => [type, numberOfSpecies(label) || elementOfMass(mass)]),
    );
    const data: FrameData = {
      positions: frameArray(Float64Array.from(pick(this.positions, 3)), [count, 3]),
      numbers: frameArray(Uint8Array.from(labels, (type) => known.get(type) ?? numberOfSpecies(wordOnly(type)))),
      ids: frameArray(Int32Array.from(pick(ids))),
      'arrays.types': labels.every((type) => /^\d+$/.test(type))
        ? frameArray(Int32Array.from(labels, Number))
        : stringArray(labels),
    };
    if (this.molecules.length > 0) data['arrays.molecules'] = frameArray(Int32Array.from(pick(this.molecules)));
    if (this.charges.length > 0) data.charges = frameArray(Float64Array.from(pick(this.charges)));
    if (this.images.length === 3 * count && count > 0) {
      data['arrays.images'] = frameArray(Int32Array.from(pick(this.images, 3)), [count, 3]);
    }
    const masses = labels.map((type) => types.get(type)?.mass ?? Number.NaN);
    if (count > 0 && !masses.some(Number.isNaN)) data.masses = frameArray(Float64Array.from(masses));
    if (this.velocities.size > 0) {
      // Without units the numbers keep a name that has none.
      const all = order.flatMap((atom) => this.velocities.get(ids[atom]) ?? [0, 0, 0]);
      data['arrays.velocity'] = frameArray(Float64Array.from(all), [count, 3]);
    }
    if (this.bonds.length > 0) {
      data.bonds = frameArray(
        Int32Array.from(this.bonds, (atom) => places[atom]),
        [this.bonds.length / 2, 2],
      );
    }
    return data;
  }
}

/** Labels of types may be elements, numbers are none. */
function wordOnly(type: string): string {
  return /^\d/.test(type) ? '' : type;
}
