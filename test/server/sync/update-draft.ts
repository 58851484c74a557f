import {
  createEncoder,
  toUint8Array,
  writeAny,
  writeUint8,
  writeVarString,
  writeVarUint,
  writeVarUint8Array,
  type Encoder,
} from 'lib0/encoding';

/** A Yjs update in the first encoding, written by hand: honest code of Yjs cannot write the hostile ones. */
export interface UpdateDraft {
  blocks: BlockDraft[];
  deletes?: { client: number; ranges: [clock: number, length: number][] }[];
}

export interface BlockDraft {
  client: number;
  clock: number;
  structs: StructDraft[];
  /** Announced number of structs, when it is a lie. */
  count?: number;
}

type Id = [client: number, clock: number];

export interface StructDraft {
  origin?: Id;
  rightOrigin?: Id;
  /** Name of a root, or the struct that is the parent. */
  parent?: string | Id;
  key?: string;
  content:
    | { kind: 'garbage' | 'deleted' | 'skip'; length: number }
    | { kind: 'values'; values: unknown[] }
    | { kind: 'bytes'; bytes: Uint8Array }
    | { kind: 'type'; type: number }
    | { kind: 'document' }
    | { kind: 'raw'; ref: number; bytes: Uint8Array };
}

const REF = { garbage: 0, deleted: 1, bytes: 3, type: 7, values: 8, document: 9, skip: 10 } as const;

export function writeDraft({ blocks, deletes = [] }: UpdateDraft): Uint8Array {
  const encoder = createEncoder();
  writeVarUint(encoder, blocks.length);
  for (const { client, clock, structs, count = structs.length } of blocks) {
    writeVarUint(encoder, count);
    writeVarUint(encoder, client);
    writeVarUint(encoder, clock);
    for (const struct of structs) writeStruct(encoder, struct);
  }
  writeVarUint(encoder, deletes.length);
  for (const { client, ranges } of deletes) {
    writeVarUint(encoder, client);
    writeVarUint(encoder, ranges.length);
    for (const range of ranges) for (const number of range) writeVarUint(encoder, number);
  }
  return toUint8Array(encoder);
}

function writeId(encoder: Encoder, [client, clock]: Id): void {
  writeVarUint(encoder, client);
  writeVarUint(encoder, clock);
}

function writeStruct(encoder: Encoder, { origin, rightOrigin, parent, key, content }: StructDraft): void {
  if (content.kind === 'garbage' || content.kind === 'skip') {
    writeUint8(encoder, REF[content.kind]);
    writeVarUint(encoder, content.length);
    return;
  }
  const ref = content.kind === 'raw' ? content.ref : REF[content.kind];
  const flags = (origin === undefined ? 0 : 128) | (rightOrigin === undefined ? 0 : 64) | (key === undefined ? 0 : 32);
  writeUint8(encoder, ref | flags);
  if (origin !== undefined) writeId(encoder, origin);
  if (rightOrigin !== undefined) writeId(encoder, rightOrigin);
  if (origin === undefined && rightOrigin === undefined) {
    if (typeof parent === 'string' || parent === undefined) {
      writeVarUint(encoder, 1);
      writeVarString(encoder, parent ?? 'state');
    } else {
      writeVarUint(encoder, 0);
      writeId(encoder, parent);
    }
    if (key !== undefined) writeVarString(encoder, key);
  }
  switch (content.kind) {
    case 'deleted':
      writeVarUint(encoder, content.length);
      break;
    case 'values':
      writeVarUint(encoder, content.values.length);
      for (const value of content.values) writeAny(encoder, value as never);
      break;
    case 'bytes':
      writeVarUint8Array(encoder, content.bytes);
      break;
    case 'type':
      writeVarUint(encoder, content.type);
      break;
    case 'document':
      writeVarString(encoder, 'inner');
      writeAny(encoder, {});
      break;
    case 'raw':
      for (const byte of content.bytes) writeUint8(encoder, byte);
  }
}

/** One value under one key of the root, from a client's first clock. */
export function valueDraft(key: string, value: unknown, client = 7, clock = 0): UpdateDraft {
  return { blocks: [{ client, clock, structs: [{ key, content: { kind: 'values', values: [value] } }] }] };
}
