import { fieldProblem, MAX_VALUE_DEPTH } from '../../protocol/values.ts';
import { type ByteReader, MalformedBytes } from './byte-reader.ts';

/** Type bytes of lib0's encoding of any value. */
const TYPE = {
  undefined: 127,
  null: 126,
  integer: 125,
  float32: 124,
  float64: 123,
  bigint: 122,
  false: 121,
  true: 120,
  text: 119,
  object: 118,
  array: 117,
  bytes: 116,
} as const;

/** Longest name of a field in bytes. */
const MAX_FIELD_BYTE_LENGTH = 1_020;

/**
 * Passes over one value without making it: an object of a stranger can name a prototype, nest until the stack ends, or
 * announce more elements than memory holds. Throws {@link MalformedBytes} for what is no value of the shared state.
 */
export function skipValue(reader: ByteReader, depth = 0): void {
  const type = reader.byte();
  switch (type) {
    case TYPE.null:
    case TYPE.true:
    case TYPE.false:
      return;
    case TYPE.integer:
      reader.skipVarInt();
      return;
    case TYPE.float32:
    case TYPE.float64:
      skipFloat(reader, type === TYPE.float32 ? 4 : 8);
      return;
    case TYPE.text:
      reader.skipText();
      return;
    case TYPE.bytes:
      reader.skipVarBytes();
      return;
    case TYPE.array:
    case TYPE.object:
      skipNested(reader, type === TYPE.object, depth);
      return;
    case TYPE.undefined:
      throw new MalformedBytes('a value is undefined');
    case TYPE.bigint:
      throw new MalformedBytes('a value is a bigint');
    default:
      throw new MalformedBytes(`a value has the unknown type ${type}`);
  }
}

/** All exponent bits set: infinity or not a number. */
function skipFloat(reader: ByteReader, byteLength: 4 | 8): void {
  const first = reader.byte();
  const second = reader.byte();
  reader.skip(byteLength - 2);
  const exponentBits = byteLength === 4 ? 0x80 : 0xf0;
  if ((first & 0x7f) === 0x7f && (second & exponentBits) === exponentBits) {
    throw new MalformedBytes('a value is not a finite number');
  }
}

function skipNested(reader: ByteReader, isObject: boolean, depth: number): void {
  if (depth >= MAX_VALUE_DEPTH) throw new MalformedBytes(`a value has more than ${MAX_VALUE_DEPTH} levels`);
  const count = reader.varUint();
  for (let at = 0; at < count; at += 1) {
    if (isObject) skipField(reader);
    skipValue(reader, depth + 1);
  }
}

/** The lengths of the names that are forbidden; only names of these lengths are looked at. */
const FORBIDDEN_LENGTHS: ReadonlySet<number> = new Set(
  ['__proto__', 'constructor', 'prototype'].map(({ length }) => length),
);

function skipField(reader: ByteReader): void {
  const start = reader.position;
  const byteLength = reader.skipText();
  if (byteLength > MAX_FIELD_BYTE_LENGTH) throw new MalformedBytes(`a value has a field name of ${byteLength} bytes`);
  if (!FORBIDDEN_LENGTHS.has(byteLength)) return;
  reader.position = start;
  const problem = fieldProblem(reader.text(MAX_FIELD_BYTE_LENGTH));
  if (problem !== undefined) throw new MalformedBytes(`a value has ${problem}`);
}
