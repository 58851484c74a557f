import { LIMITS } from '../../../protocol/limits.ts';
import { ByteProblem } from '../binary/byte-problem.ts';
import { excerpt } from '../damage.ts';
import { textOf } from '../text/bytes-text.ts';

/** The number that begins a frame. */
export const MAGIC = 1993;

/** Bytes that hold every header: number, name, 13 integers, time and lambda. */
export const MAX_HEADER_LENGTH: number = 4 + 4 + 4 + 64 + 13 * 4 + 16;

/** The longest name; it is `GMX_trn_file`. */
const MOST_NAME_BYTES = 64;

/** Parts of a frame in the order of the file. */
const PARTS = ['ir', 'energies', 'box', 'virial', 'pressure', 'top', 'sym', 'x', 'v', 'f'] as const;
type Part = (typeof PARTS)[number];

/** The beginning of one frame of TRR. */
export interface TrrHeader {
  atomCount: number;
  step: number;
  time: number;
  lambda: number;
  /** Bytes of a number: 4, or 8 in double precision. */
  real: 4 | 8;
  /** Where each part lies after the beginning of the frame, and its bytes; absent parts have none. */
  parts: Readonly<Record<Part, { at: number; byteLength: number }>>;
  frameLength: number;
}

/** Reads the header at the beginning of `bytes`, which lie at `offset` of the file; throws {@link ByteProblem}. */
export function readTrrHeader(bytes: Uint8Array, offset: number): TrrHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const need = (length: number): void => {
    if (bytes.length >= length) return;
    throw new ByteProblem(offset + bytes.length, 'the file ends within the header of the frame');
  };
  need(4);
  const magic = view.getInt32(0);
  if (magic !== MAGIC) {
    const text = textOf(bytes, 0, Math.min(bytes.length, 24));
    const found = /^[\t\r\n -~]+$/.test(text) ? `the text ${excerpt(text)}` : String(magic);
    throw new ByteProblem(offset, `expected the number ${MAGIC} that begins a frame of TRR, found ${found}`);
  }
  need(12);
  const nameLength = view.getUint32(8);
  if (nameLength > MOST_NAME_BYTES) {
    throw new ByteProblem(offset + 8, `expected the name GMX_trn_file, found a text of ${nameLength} bytes`);
  }
  const sizesAt = 12 + Math.ceil(nameLength / 4) * 4;
  const countAt = sizesAt + 4 * PARTS.length;
  need(countAt + 12);
  const sizes = PARTS.map((_, k) => view.getInt32(sizesAt + 4 * k));
  const bad = sizes.findIndex((size) => size < 0);
  if (bad >= 0) throw new ByteProblem(offset + sizesAt + 4 * bad, `${PARTS[bad]} is said to have ${sizes[bad]} bytes`);
  const atomCount = view.getInt32(countAt);
  if (atomCount < 0 || atomCount > LIMITS.atomsPerFrame) {
    throw new ByteProblem(
      offset + countAt,
      `the frame says it has ${atomCount} atoms, the limit is ${LIMITS.atomsPerFrame}`,
    );
  }
  const real = realOf(sizes, atomCount, offset + sizesAt);
  const dataAt = countAt + 12 + 2 * real;
  need(dataAt);
  let at = dataAt;
  const parts = {} as Record<Part, { at: number; byteLength: number }>;
  for (const [k, part] of PARTS.entries()) {
    parts[part] = { at, byteLength: sizes[k] };
    at += sizes[k];
  }
  const number = (place: number): number => (real === 4 ? view.getFloat32(place) : view.getFloat64(place));
  return {
    atomCount,
    step: view.getInt32(countAt + 4),
    time: number(countAt + 12),
    lambda: number(countAt + 12 + real),
    real,
    parts,
    frameLength: at,
  };
}

/** Bytes of a number, which follow from the sizes; throws {@link ByteProblem} where they do not fit the atoms. */
function realOf(sizes: readonly number[], atomCount: number, offset: number): 4 | 8 {
  const wanted = PARTS.map((part) =>
    part === 'box' || part === 'virial' || part === 'pressure' ? 9 : ['x', 'v', 'f'].includes(part) ? 3 * atomCount : 0,
  );
  const known = PARTS.findIndex((_, k) => sizes[k] > 0 && wanted[k] > 0);
  const real = known >= 0 && sizes[known] === 8 * wanted[known] ? 8 : 4;
  const bad = PARTS.findIndex((_, k) => sizes[k] > 0 && sizes[k] !== real * wanted[k] && (wanted[k] > 0 || k >= 7));
  if (bad < 0) return real;
  throw new ByteProblem(
    offset + 4 * bad,
    `${PARTS[bad]} is said to have ${sizes[bad]} bytes, which ${atomCount} atoms do not give`,
  );
}
