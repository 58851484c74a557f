import { keyProblem, isLedgerKey, MAX_KEY_LENGTH } from '../../protocol/keys.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { fieldProblem } from '../../protocol/values.ts';
import { ByteReader, MalformedBytes } from './byte-reader.ts';
import { skipValue } from './skip-value.ts';
import type { ClientBlock, DeleteRange, Struct, StructContent, StructId, UpdateShape } from './update-shape.ts';

/** The document an update is for. */
export type RootName = 'state' | 'ledger';

/** Content references of Yjs that the dictionary uses. */
const REF = { garbage: 0, deleted: 1, bytes: 3, type: 7, value: 8, skip: 10 } as const;
const HAS_ORIGIN = 128;
const HAS_RIGHT_ORIGIN = 64;
const HAS_KEY = 32;
/** Type reference of Y.Map. */
const MAP_TYPE = 1;
/** Clocks beyond 2^31 make a document that can no longer be encoded. Client ids may have 53 bits, as those of pycrdt. */
const MAX_CLOCK = 2 ** 31;
/** Values that one struct may hold: honest ones hold one, or a few deleted ones that a stock client's undo keeps. */
const MAX_VALUES_PER_STRUCT = 1_000;

/**
 * Takes an update in the first encoding of Yjs apart without making anything of Yjs. Throws {@link MalformedBytes} when
 * it is something else, writes outside the dictionary or is above a limit, whatever document it is meant for.
 */
export function readUpdate(bytes: Uint8Array, root: RootName = 'state'): UpdateShape {
  const reader = new ByteReader(bytes);
  const blockCount = reader.varUint();
  const blocks: ClientBlock[] = [];
  let structCount = 0;
  for (let at = 0; at < blockCount; at += 1) {
    const block = readBlock(reader, root, structCount);
    blocks.push(block);
    structCount += block.structs.length;
  }
  if (blocks.length > 1 && new Set(blocks.map(({ client }) => client)).size < blocks.length) {
    throw new MalformedBytes('a client appears twice');
  }
  const deletes = readDeletes(reader);
  if (!reader.isAtEnd) throw new MalformedBytes('something follows its end');
  const shape = { bytes, blocks, deletes, structCount };
  checkLists(shape);
  return shape;
}

function readBlock(reader: ByteReader, root: RootName, before: number): ClientBlock {
  const count = reader.varUint();
  if (count === 0) throw new MalformedBytes('a client has no structs');
  if (before + count > LIMITS.structsPerMessage) {
    throw new MalformedBytes(`it has more than ${LIMITS.structsPerMessage} structs, the limit of a message`);
  }
  const client = reader.varUint();
  const clock = reader.varUint();
  const structs: Struct[] = [];
  let next = clock;
  for (let at = 0; at < count; at += 1) {
    const struct = readStruct(reader, { client, clock: next }, root);
    structs.push(struct);
    next += struct.length;
    if (next > MAX_CLOCK) throw new MalformedBytes(`the clock of client ${client} is beyond 2^31`);
  }
  return { client, clock, end: next, structs, endByte: reader.position };
}

function readId(reader: ByteReader): StructId {
  return { client: reader.varUint(), clock: reader.varUint() };
}

function readStruct(reader: ByteReader, id: StructId, root: RootName): Struct {
  const start = reader.position;
  const info = reader.byte();
  const struct: Struct = {
    clock: id.clock,
    length: 1,
    start,
    content: undefined,
    origin: undefined,
    key: undefined,
    parent: undefined,
    isInRoot: false,
  };
  if (info === REF.garbage) {
    struct.length = readLength(reader);
    return struct;
  }
  if (info === REF.skip) throw new MalformedBytes('it leaves out parts of its own history');
  if ((info & HAS_RIGHT_ORIGIN) !== 0) throw new MalformedBytes('it writes into a list; the state is a dictionary');
  if ((info & HAS_ORIGIN) !== 0) {
    struct.origin = readId(reader);
    if (struct.origin.client === id.client && struct.origin.clock >= id.clock) {
      throw new MalformedBytes('a struct follows a later one of its own client');
    }
  } else readParent(reader, struct, (info & HAS_KEY) !== 0, root);
  readContent(reader, struct, info & 31);
  return struct;
}

function readParent(reader: ByteReader, struct: Struct, hasKey: boolean, root: RootName): void {
  const isRoot = reader.varUint();
  if (isRoot > 1) throw new MalformedBytes('a parent is neither a root nor a struct');
  if (isRoot === 1) {
    const name = reader.text(MAX_KEY_LENGTH);
    if (name !== root) throw new MalformedBytes(`it writes the root "${name.slice(0, 40)}"; only "${root}" is shared`);
  } else struct.parent = readId(reader);
  if (!hasKey) throw new MalformedBytes('it writes a list where the dictionary is');
  const key = reader.text(4 * MAX_KEY_LENGTH);
  const problem = isRoot === 1 ? rootKeyProblem(key, root) : fieldProblem(key);
  if (problem !== undefined) throw new MalformedBytes(problem);
  struct.key = key;
  struct.isInRoot = isRoot === 1;
}

function rootKeyProblem(key: string, root: RootName): string | undefined {
  const problem = keyProblem(key);
  if (problem !== undefined || root === 'ledger') return problem;
  return isLedgerKey(key) ? `"${key.slice(0, 40)}" is written by the server only` : undefined;
}

function readContent(reader: ByteReader, struct: Struct, ref: number): void {
  struct.content = contentOf(ref);
  if (ref === REF.deleted) struct.length = readLength(reader);
  else if (ref === REF.bytes) {
    const start = reader.position;
    reader.skipVarBytes();
    checkValueLength(reader.position - start);
  } else if (ref === REF.type) {
    if (reader.varUint() !== MAP_TYPE) throw new MalformedBytes('a record is a Y.Map; other shared types are refused');
  } else {
    const count = reader.varUint();
    if (count === 0 || count > MAX_VALUES_PER_STRUCT) throw new MalformedBytes(`a struct holds ${count} values`);
    struct.length = count;
    for (let at = 0; at < count; at += 1) {
      const start = reader.position;
      skipValue(reader);
      checkValueLength(reader.position - start);
    }
  }
}

function contentOf(ref: number): StructContent {
  if (ref === REF.value) return 'value';
  if (ref === REF.type) return 'record';
  if (ref === REF.bytes) return 'bytes';
  if (ref === REF.deleted) return 'deleted';
  throw new MalformedBytes(`content of kind ${ref} is not part of the state`);
}

function checkValueLength(byteLength: number): void {
  // The frame around a value is a few bytes; the exact limit is kept where values are written.
  if (byteLength > LIMITS.valueByteLength + 16) {
    throw new MalformedBytes(`a value takes ${byteLength} bytes, at most ${LIMITS.valueByteLength} are allowed`);
  }
}

function readLength(reader: ByteReader): number {
  const length = reader.varUint();
  if (length === 0 || length > MAX_CLOCK) throw new MalformedBytes(`a struct has the length ${length}`);
  return length;
}

const NO_DELETES: ReadonlyMap<number, DeleteRange[]> = new Map();

function readDeletes(reader: ByteReader): ReadonlyMap<number, DeleteRange[]> {
  const clientCount = reader.varUint();
  if (clientCount === 0) return NO_DELETES;
  const deletes = new Map<number, DeleteRange[]>();
  for (let at = 0; at < clientCount; at += 1) {
    const client = reader.varUint();
    if (deletes.has(client)) throw new MalformedBytes('its deletes name a client twice');
    const ranges: DeleteRange[] = [];
    const rangeCount = reader.varUint();
    let end = 0;
    for (let index = 0; index < rangeCount; index += 1) {
      const clock = reader.varUint();
      const length = readLength(reader);
      // Yjs writes them in order and merged; overlapping ones would split structs without end.
      if (clock < end) throw new MalformedBytes('its deletes overlap');
      end = clock + length;
      ranges.push({ clock, length });
    }
    deletes.set(client, ranges);
  }
  return deletes;
}

/** Several values in one struct exist only where all of them are deleted: in a dictionary they replaced each other. */
function checkLists({ blocks, deletes }: UpdateShape): void {
  for (const { client, structs } of blocks) {
    for (const { clock, length, content } of structs) {
      if (content !== 'value' || length === 1) continue;
      if (!isCovered(deletes.get(client) ?? [], clock, length)) {
        throw new MalformedBytes('it writes a list where the dictionary is');
      }
    }
  }
}

/** True when one of the ranges, which are in order, holds all of the struct. */
function isCovered(ranges: readonly DeleteRange[], clock: number, length: number): boolean {
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const range = ranges[middle];
    if (range.clock + range.length <= clock) low = middle + 1;
    else if (range.clock > clock) high = middle - 1;
    else return range.clock + range.length >= clock + length;
  }
  return false;
}
