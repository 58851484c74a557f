import { createEncoder, type Encoder, toUint8Array, writeUint8, writeUint8Array, writeVarUint } from 'lib0/encoding';
import type { ClientBlock, DeleteRange, UpdateShape } from './update-shape.ts';

/** Info bytes of Yjs: a struct without content, and a deleted one that follows another. */
const GARBAGE = 0;
const DELETED_WITH_ORIGIN = 1 | 128;

/** What is kept of an update. */
export interface KeptPart {
  blocks: readonly ClientBlock[];
  deletes: ReadonlyMap<number, readonly DeleteRange[]>;
}

/** The update with only what is kept of it. */
export function compactUpdate({ bytes }: UpdateShape, { blocks, deletes }: KeptPart): Uint8Array {
  const encoder = createEncoder();
  writeVarUint(encoder, blocks.length);
  for (const block of blocks) writeBlock(encoder, bytes, block);
  writeVarUint(encoder, deletes.size);
  for (const [client, ranges] of deletes) {
    writeVarUint(encoder, client);
    writeVarUint(encoder, ranges.length);
    for (const { clock, length } of ranges) {
      writeVarUint(encoder, clock);
      writeVarUint(encoder, length);
    }
  }
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

/** The ranges up to `end`, without the clocks in `spared`, which are sorted. */
export function keptRanges(ranges: readonly DeleteRange[], end: number, spared: readonly number[]): DeleteRange[] {
  const kept: DeleteRange[] = [];
  let next = 0;
  for (const { clock, length } of ranges) {
    const stop = Math.min(clock + length, end);
    let start = clock;
    while (next < spared.length && spared[next] < stop) {
      const hole = spared[next];
      next += 1;
      if (hole < start) continue;
      if (hole > start) kept.push({ clock: start, length: hole - start });
      start = hole + 1;
    }
    if (start < stop) kept.push({ clock: start, length: stop - start });
  }
  return kept;
}
