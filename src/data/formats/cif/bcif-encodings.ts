/** Thrown for bytes that are not what their encoding says. */
export class EncodingProblem {
  readonly found: string;

  constructor(found: string) {
    this.found = found;
  }
}

/** Decoded values of a column. */
export type Column = ArrayLike<number> | readonly string[];

type Fields = Readonly<Record<string, unknown>>;
type Numbers =
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Float32Array
  | Float64Array;

const TYPES: Readonly<
  Record<number, { size: number; read(view: DataView, at: number): number; of(length: number): Numbers }>
> = {
  1: { size: 1, read: (view, at) => view.getInt8(at), of: (length) => new Int8Array(length) },
  2: { size: 2, read: (view, at) => view.getInt16(at, true), of: (length) => new Int16Array(length) },
  3: { size: 4, read: (view, at) => view.getInt32(at, true), of: (length) => new Int32Array(length) },
  4: { size: 1, read: (view, at) => view.getUint8(at), of: (length) => new Uint8Array(length) },
  5: { size: 2, read: (view, at) => view.getUint16(at, true), of: (length) => new Uint16Array(length) },
  6: { size: 4, read: (view, at) => view.getUint32(at, true), of: (length) => new Uint32Array(length) },
  32: { size: 4, read: (view, at) => view.getFloat32(at, true), of: (length) => new Float32Array(length) },
  33: { size: 8, read: (view, at) => view.getFloat64(at, true), of: (length) => new Float64Array(length) },
};

function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new EncodingProblem('an encoding is missing');
  return value as Fields;
}

function numberField(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new EncodingProblem(`an encoding has no ${name}`);
  return value;
}

/** A length an encoding announces, which must not be beyond `longest`; runs take two numbers a value. */
function lengthField(fields: Fields, name: string, longest: number): number {
  const length = numberField(fields, name);
  if (!Number.isInteger(length) || length < 0 || length > longest) {
    throw new EncodingProblem(`${name} is ${length}, at most ${longest} can be`);
  }
  return length;
}

/** The values of `{data, encoding}`, at most `longest` of them. Throws {@link EncodingProblem}. */
export function decodeData(data: unknown, longest: number): Column {
  const { data: bytes, encoding } = fieldsOf(data);
  return decodeAs(bytes, encoding, longest);
}

function decodeAs(bytes: unknown, encodings: unknown, longest: number): Column {
  if (!(bytes instanceof Uint8Array) || !Array.isArray(encodings)) throw new EncodingProblem('a column has no data');
  let values: Column = bytes;
  for (const encoding of encodings.toReversed()) values = step(values, fieldsOf(encoding), longest);
  if (values.length > longest)
    throw new EncodingProblem(`a column has ${values.length} values, at most ${longest} can be`);
  return values;
}

function step(given: Column, fields: Fields, longest: number): Column {
  if (fields.kind === 'StringArray') return strings(given, fields, longest);
  const values = given as ArrayLike<number>;
  switch (fields.kind) {
    case 'ByteArray':
      return fromBytes(values, numberField(fields, 'type'));
    case 'FixedPoint': {
      const factor = numberField(fields, 'factor');
      return Float64Array.from(values, (value) => value / factor);
    }
    case 'IntervalQuantization': {
      const [min, max, steps] = ['min', 'max', 'numSteps'].map((name) => numberField(fields, name));
      return Float64Array.from(values, (value) => min + (value * (max - min)) / (steps - 1));
    }
    case 'RunLength':
      return runs(values, lengthField(fields, 'srcSize', 2 * longest + 2));
    case 'Delta': {
      let sum = numberField(fields, 'origin');
      return Int32Array.from(values, (value) => (sum = (sum + value) | 0));
    }
    case 'IntegerPacking':
      return unpack(values, fields, lengthField(fields, 'srcSize', 2 * longest + 2));
    default:
      throw new EncodingProblem(`the encoding ${String(fields.kind).slice(0, 40)} is not known`);
  }
}

function fromBytes(values: ArrayLike<number>, type: number): Column {
  const means = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  if (means === undefined || !(values instanceof Uint8Array))
    throw new EncodingProblem(`the type ${type} is not known`);
  const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
  const out = means.of(Math.floor(values.byteLength / means.size));
  for (let k = 0; k < out.length; k += 1) out[k] = means.read(view, k * means.size);
  return out;
}

function runs(values: ArrayLike<number>, length: number): Column {
  const out = new Int32Array(length);
  let at = 0;
  for (let k = 0; k + 1 < values.length; k += 2) {
    const run = values[k + 1];
    if (run < 0 || at + run > length) throw new EncodingProblem('the runs of a column are too long');
    out.fill(values[k], at, at + run);
    at += run;
  }
  if (at !== length) throw new EncodingProblem('the runs of a column are too short');
  return out;
}

/** A value at a limit of the small type is added to what follows. */
function unpack(values: ArrayLike<number>, fields: Fields, length: number): Column {
  const bits = 8 * numberField(fields, 'byteCount');
  const isUnsigned = fields.isUnsigned === true;
  const upper = isUnsigned ? 2 ** bits - 1 : 2 ** (bits - 1) - 1;
  const lower = isUnsigned ? Number.NaN : -(2 ** (bits - 1));
  const out = new Int32Array(length);
  let at = 0;
  let sum = 0;
  for (let k = 0; k < values.length; k += 1) {
    sum += values[k];
    if (values[k] === upper || values[k] === lower) continue;
    if (at === length) throw new EncodingProblem('a packed column is too long');
    out[at] = sum;
    at += 1;
    sum = 0;
  }
  if (at !== length) throw new EncodingProblem('a packed column is too short');
  return out;
}

function strings(indices: Column, fields: Fields, longest: number): readonly string[] {
  const codes = decodeAs(indices, fields.dataEncoding, longest);
  const offsets = decodeAs(fields.offsets, fields.offsetEncoding, longest + 1) as ArrayLike<number>;
  const text = fields.stringData;
  if (typeof text !== 'string') throw new EncodingProblem('a column has no stringData');
  const table: string[] = [];
  for (let k = 0; k + 1 < offsets.length; k += 1) table.push(text.slice(offsets[k], offsets[k + 1]));
  return Array.from(codes as ArrayLike<number>, (code) => table[code] ?? '');
}
