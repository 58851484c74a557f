import { createEncoder, type Encoder, toUint8Array, writeUint8, writeUint8Array, writeVarUint } from 'lib0/encoding';
import type { ClientBlock, DeleteRange, UpdateShape } from './update-shape.ts';

/** Info bytes of Yjs: a struct without content, and a deleted one that follows another. */
const GARBAGE = 0;
const DELETED_WITH_ORIGIN = 1 | 128;

/** The update with only the structs of `blocks`, and without deletes beyond what is known of a client. */
export function compactUpdate(
  { bytes, deletes, deletesStart }: UpdateShape,
  blocks: readonly ClientBlock[],
  end: (client: number) => number,
): Uint8Array {
  const encoder = createEncoder();
  writeVarUint(encoder, blocks.length);
  for (const block of blocks) writeBlock(encoder, bytes, block);
  const isWhole = [...deletes].every(([client, ranges]) => {
    const last = ranges.at(-1);
    return last === undefined || last.clock + last.length <= end(client);
  });
  if (isWhole) writeUint8Array(encoder, bytes.subarray(deletesStart));
  else writeDeletes(encoder, deletes, end);
  return toUint8Array(encoder);
}

function writeBlock(encoder: Encoder, bytes: Uint8Array, { client, clock, structs, endByte }: ClientBlock): void {
  writeVarUint(encoder, structs.length);
  writeVarUint(encoder, client);
  writeVarUint(encoder, clock);
  const [first, second] = structs;
  const known = clock - first.clock;
  if (known === 0) {
    writeUint8Array(encoder, bytes.subarray(first.start, endByte));
    return;
  }
  // Part of the first struct is known. Structs of several elements are deleted ones: what is left of it follows the
  // known part, as Yjs itself would write it, whatever the struct claimed to follow.
  if (first.content === undefined) writeUint8(encoder, GARBAGE);
  else {
    writeUint8(encoder, DELETED_WITH_ORIGIN);
    writeVarUint(encoder, client);
    writeVarUint(encoder, clock - 1);
  }
  writeVarUint(encoder, first.length - known);
  if (second !== undefined) writeUint8Array(encoder, bytes.subarray(second.start, endByte));
}

function writeDeletes(
  encoder: Encoder,
  deletes: ReadonlyMap<number, readonly DeleteRange[]>,
  end: (client: number) => number,
): void {
  const kept = [...deletes]
    .map(([client, ranges]) => {
      const known = end(client);
      const cut = ranges
        .filter(({ clock }) => clock < known)
        .map(({ clock, length }) => ({ clock, length: Math.min(length, known - clock) }));
      return { client, ranges: cut };
    })
    .filter(({ ranges }) => ranges.length > 0);
  writeVarUint(encoder, kept.length);
  for (const { client, ranges } of kept) {
    writeVarUint(encoder, client);
    writeVarUint(encoder, ranges.length);
    for (const { clock, length } of ranges) {
      writeVarUint(encoder, clock);
      writeVarUint(encoder, length);
    }
  }
}
