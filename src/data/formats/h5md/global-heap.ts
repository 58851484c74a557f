import { ByteProblem } from '../binary/byte-problem.ts';
import type { ByteSource } from '../format.ts';

/** "GCOL", version 1, three zeros. */
const SIGNATURE: readonly number[] = [0x47, 0x43, 0x4f, 0x4c, 1, 0, 0, 0];
const HEAD_LENGTH = 16;
const OBJECT_HEAD_LENGTH = 16;
const LONGEST = 64 * 1024 * 1024;

/** Bytes after a piece that tell whether a heap begins at its end. */
export const HEAP_OVERLAP: number = SIGNATURE.length - 1;

/**
 * Checks every heap of texts that begins in `bytes`, which lie at `offset` of the source: HDF5 never comes back from one
 * whose free space has no size. Throws {@link ByteProblem}.
 */
export async function checkGlobalHeaps(
  source: ByteSource,
  bytes: Uint8Array,
  offset: number,
  signal?: AbortSignal,
): Promise<void> {
  for (let at = bytes.indexOf(SIGNATURE[0]); at >= 0; at = bytes.indexOf(SIGNATURE[0], at + 1)) {
    if (SIGNATURE.every((byte, k) => bytes[at + k] === byte)) await checkHeap(source, offset + at, signal);
  }
}

async function checkHeap(source: ByteSource, start: number, signal: AbortSignal | undefined): Promise<void> {
  const head = await source.read(start, HEAD_LENGTH, signal);
  const length = head.length < HEAD_LENGTH ? 0 : sizeAt(head, 8);
  const heap = length > 0 && length <= LONGEST ? await source.read(start, length, signal) : head;
  if (heap.length < length || length < HEAD_LENGTH) throw broken(start, start + heap.length);
  for (let at = HEAD_LENGTH; at + OBJECT_HEAD_LENGTH <= length;) {
    const isFree = heap[at] === 0 && heap[at + 1] === 0;
    const size = sizeAt(heap, at + 8);
    const need = isFree ? size : OBJECT_HEAD_LENGTH + Math.ceil(size / 8) * 8;
    if (need < OBJECT_HEAD_LENGTH || at + need > length) throw broken(start, start + at);
    at += need;
  }
}

function sizeAt(bytes: Uint8Array, at: number): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(at, true));
}

function broken(start: number, byte: number): ByteProblem {
  return new ByteProblem(byte, `the texts of the file, which begin at byte ${start}, are damaged`);
}
