import { excerpt } from '../damage.ts';
import { ByteProblem } from '../binary/byte-problem.ts';
import { reaches } from '../binary/byte-window.ts';
import type { ByteSource } from '../format.ts';
import { textOf } from '../text/bytes-text.ts';

/** How a Fortran program wrote its records: order of bytes, and 4 or 8 bytes around each. */
export interface DcdLayout {
  isLittle: boolean;
  marker: 4 | 8;
}

/** Length of the first record, by which the layout is known. */
const FIRST_LENGTH = 84;

/** The layout of the file that begins with `head`; throws ByteProblem when it is no DCD file. */
export function dcdLayout(head: Uint8Array): DcdLayout {
  const found = layoutOf(head);
  if (found !== undefined) return found;
  const text = excerpt(textOf(head, 0, head.length));
  throw new ByteProblem(0, `expected a record of ${FIRST_LENGTH} bytes that begins with CORD, found ${text}`);
}

/** See {@link dcdLayout}; undefined when it is no DCD file. */
export function layoutOf(head: Uint8Array): DcdLayout | undefined {
  if (head.length < 12) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const kindAt = (at: number): boolean => /^(CORD|VELD)$/.test(String.fromCharCode(...head.subarray(at, at + 4)));
  for (const isLittle of [true, false]) {
    if (kindAt(4) && view.getInt32(0, isLittle) === FIRST_LENGTH) return { isLittle, marker: 4 };
    if (kindAt(8) && Number(view.getBigInt64(0, isLittle)) === FIRST_LENGTH) return { isLittle, marker: 8 };
  }
  return undefined;
}

/** The number of a record's marker. */
export function markerAt(view: DataView, at: number, { isLittle, marker }: DcdLayout): number {
  return marker === 4 ? view.getInt32(at, isLittle) : Number(view.getBigInt64(at, isLittle));
}

/** The record at `offset`, of `length` bytes where that is known; throws ByteProblem. */
export async function readRecord(
  source: ByteSource,
  layout: DcdLayout,
  offset: number,
  length: number | undefined,
  signal?: AbortSignal,
): Promise<{ bytes: Uint8Array; view: DataView; end: number }> {
  const { marker } = layout;
  const head = await source.read(offset, marker, signal);
  if (head.length < marker) throw new ByteProblem(offset + head.length, 'the file ends within its header');
  const found = markerAt(viewOf(head), 0, layout);
  if (found < 4 || (length !== undefined && found !== length)) {
    throw new ByteProblem(offset, `expected a record of ${length ?? 'some'} bytes, found one of ${found}`);
  }
  const end = offset + found + 2 * marker;
  if (!(await reaches(source, end, signal))) {
    throw new ByteProblem(source.byteLength, `the file ends within a record of ${found} bytes of its header`);
  }
  const bytes = await source.read(offset + marker, found + marker, signal);
  const view = viewOf(bytes);
  const again = markerAt(view, found, layout);
  if (again !== found) {
    throw new ByteProblem(end - marker, `expected the end of a record of ${found} bytes, found ${again}`);
  }
  return { bytes: bytes.subarray(0, found), view: new DataView(bytes.buffer, bytes.byteOffset, found), end };
}

/** A view of the same bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
