import type { TrajectoryFormat } from './format.ts';
import { dcdFormat } from './dcd/dcd-format.ts';
import { groFormat } from './gro-format.ts';
import { h5mdFormat } from './h5md/h5md-format.ts';
import { netcdfFormat } from './netcdf/netcdf-format.ts';
import { pdbFormat } from './pdb-format.ts';
import { trrFormat } from './trr/trr-format.ts';
import { TEXT_FORMATS } from './text-formats.ts';
import { xtcFormat } from './xtc/xtc-format.ts';
import { xyzFormat } from './xyz/xyz-format.ts';

/** Every readable format, in the order in which they are asked. */
export const FORMATS: readonly TrajectoryFormat[] = [
  xyzFormat,
  groFormat,
  pdbFormat,
  xtcFormat,
  trrFormat,
  dcdFormat,
  netcdfFormat,
  h5mdFormat,
  ...TEXT_FORMATS,
];

/** Bytes of the beginning of a file that are enough to recognise it. */
export const HEAD_BYTE_LENGTH: number = 64 * 1024;

/** Last extension of a file name in lower case without dot, an outer `.gz` or `.bz2` left aside; empty when there is none. */
export function extensionOf(name: string): string {
  const base = name.replace(/\.(?:gz|bz2)$/i, '');
  return /\.([^./\\]+)$/.exec(base)?.[1].toLowerCase() ?? '';
}

/** The format that the extension of `name` says, else the one that recognises the first bytes; undefined when none does. */
export function detectFormat(
  name: string,
  head: Uint8Array,
  formats: readonly TrajectoryFormat[] = FORMATS,
): TrajectoryFormat | undefined {
  const extension = extensionOf(name);
  return (
    formats.find((format) => format.extensions.includes(extension)) ??
    formats.find((format) => format.sniff(head.subarray(0, HEAD_BYTE_LENGTH)))
  );
}
