import { LIMITS } from '../protocol/limits.ts';
import { isRecord, valueByteLength } from '../protocol/values.ts';
import type { StateValue } from '../protocol/values.ts';

/** What writing a value adds to a message. */
interface Weight {
  structs: number;
  byteLength: number;
}

/** Some room is left for keys and for what Yjs adds. */
const PORTION: Weight = { structs: LIMITS.structsPerMessage / 2, byteLength: LIMITS.messageByteLength / 2 };

function weigh(key: string, value: unknown): Weight {
  const fields = isRecord(value) ? Object.keys(value).length : 0;
  const byteLength = value === undefined ? 0 : valueByteLength(value as StateValue);
  return { structs: 1 + fields, byteLength: key.length + byteLength };
}

/** Cuts writes into portions that a server takes as one message each, in their order. */
export function portions<T>(
  writes: readonly T[],
  partsOf: (write: T) => readonly [key: string, value: unknown],
): T[][] {
  const all: T[][] = [];
  let open: T[] = [];
  const sum: Weight = { structs: 0, byteLength: 0 };
  for (const write of writes) {
    const { structs, byteLength } = weigh(...partsOf(write));
    const isFull = sum.structs + structs > PORTION.structs || sum.byteLength + byteLength > PORTION.byteLength;
    if (isFull && open.length > 0) {
      all.push(open);
      open = [];
      sum.structs = sum.byteLength = 0;
    }
    open.push(write);
    sum.structs += structs;
    sum.byteLength += byteLength;
  }
  if (open.length > 0) all.push(open);
  return all;
}
