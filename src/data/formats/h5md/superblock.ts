import { ByteProblem } from '../binary/byte-problem.ts';
import { excerpt } from '../damage.ts';
import type { ByteSource } from '../format.ts';
import { textOf } from '../text/bytes-text.ts';

const SIGNATURE: readonly number[] = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Whether these first bytes are HDF5. */
export function isHdf5(head: Uint8Array): boolean {
  return SIGNATURE.every((byte, at) => head[at] === byte);
}

/** Throws {@link ByteProblem} when the source is no HDF5 file or ends before its own end. */
export async function checkSuperblock(source: ByteSource, byteLength: number, signal?: AbortSignal): Promise<void> {
  const head = await source.read(0, 96, signal);
  if (!isHdf5(head)) {
    throw new ByteProblem(
      0,
      `expected the signature of HDF5, found ${excerpt(textOf(head, 0, Math.min(24, head.length)))}`,
    );
  }
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const version = head[8];
  const sizeAt = version < 2 ? 13 : 9;
  const endAt = version < 2 ? (version === 1 ? 28 : 24) + 16 : 28;
  if (head.length < endAt + 8 || head[sizeAt] !== 8) return;
  const end = Number(view.getBigUint64(endAt, true));
  if (end <= byteLength) return;
  throw new ByteProblem(byteLength, `the file says that it has ${end} bytes and ends before`);
}
