import { isCovalenceError } from '../../../protocol/errors.ts';
import { decodeMsgpack } from '../../msgpack.ts';
import { ByteProblem } from '../binary/byte-problem.ts';
import { decodeData, EncodingProblem, type Column } from './bcif-encodings.ts';

/** A category of a BinaryCIF block; its columns are decoded when asked for. */
export interface BcifCategory {
  rowCount: number;
  /** Names of the columns, lower-case, with that of the category: `_atom_site_cartn_x`. */
  names: readonly string[];
  /** Text of a value: nothing where it is masked. */
  text(column: number, row: number): string;
  /** Number of a value; NaN where it is masked or none. */
  number(column: number, row: number): number;
}

/** A block of a BinaryCIF file. */
export interface BcifBlock {
  name: string;
  category(name: string): BcifCategory | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** No column is packed as tightly as this, of all that a file of atoms has. */
const ROWS_PER_BYTE = 4;

/** The first block of a BinaryCIF file. Throws {@link ByteProblem}; columns that are asked for later throw it too. */
export function bcifBlock(bytes: Uint8Array): BcifBlock {
  let root: unknown;
  try {
    root = decodeMsgpack(bytes, { stringByteLength: bytes.length, binaryByteLength: bytes.length });
  } catch (error) {
    if (!isCovalenceError(error)) throw error;
    throw new ByteProblem(0, typeof error.fields.reason === 'string' ? error.fields.reason : error.message);
  }
  const block = list(fields(root).dataBlocks)[0];
  if (block === undefined) throw new ByteProblem(0, 'the file has no block');
  const { header } = fields(block);
  const categories = new Map(
    list(fields(block).categories).map((one) => [String(fields(one).name).toLowerCase(), fields(one)]),
  );
  const known = new Map<string, BcifCategory>();
  return {
    name: typeof header === 'string' ? header : '',
    category(name) {
      const found = categories.get(name);
      if (found === undefined) return undefined;
      let category = known.get(name);
      if (category === undefined) known.set(name, (category = categoryOf(name, found, bytes.length)));
      return category;
    },
  };
}

function categoryOf(name: string, given: Fields, byteLength: number): BcifCategory {
  const rowCount = Number(given.rowCount);
  if (!Number.isInteger(rowCount) || rowCount < 0 || rowCount > ROWS_PER_BYTE * byteLength) {
    throw new ByteProblem(0, `${name} says ${rowCount} rows, more than the file can hold`);
  }
  const columns = list(given.columns).map(fields);
  const decoded = columns.map((): { values: Column; mask: ArrayLike<number> | undefined } | undefined => undefined);
  const column = (place: number): { values: Column; mask: ArrayLike<number> | undefined } => {
    let known = decoded[place];
    if (known !== undefined) return known;
    const { name: own, data, mask } = columns[place];
    try {
      const values = decodeData(data, rowCount);
      if (values.length !== rowCount) throw new EncodingProblem(`it has ${values.length} of ${rowCount} values`);
      known = {
        values,
        mask: typeof mask === 'object' && mask !== null ? (decodeData(mask, rowCount) as ArrayLike<number>) : undefined,
      };
    } catch (error) {
      if (!(error instanceof EncodingProblem)) throw error;
      throw new ByteProblem(0, `the column ${name}.${String(own).slice(0, 40)} cannot be read: ${error.found}`);
    }
    decoded[place] = known;
    return known;
  };
  return {
    rowCount,
    names: columns.map((one) => `${name}_${String(one.name).toLowerCase()}`),
    text(place, row) {
      if (place < 0) return '';
      const { values, mask } = column(place);
      if (mask !== undefined && mask[row] !== 0) return '';
      const value = values[row];
      return value === '.' || value === '?' ? '' : String(value);
    },
    number(place, row) {
      const { values, mask } = column(place);
      return mask !== undefined && mask[row] !== 0 ? Number.NaN : Number(values[row]);
    },
  };
}

function fields(value: unknown): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new ByteProblem(0, 'the file is msgpack and no BinaryCIF');
}

function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  throw new ByteProblem(0, 'the file is msgpack and no BinaryCIF');
}
