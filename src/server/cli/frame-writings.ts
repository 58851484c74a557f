import { basename } from 'node:path';
import { writeGroFrame } from '../../data/formats/write/write-gro.ts';
import { writePdbFrame } from '../../data/formats/write/write-pdb.ts';
import { writePoscarFrame } from '../../data/formats/write/write-poscar.ts';
import { writeXtcFrame } from '../../data/formats/write/write-xtc.ts';
import { writeExtxyzFrame } from '../../data/formats/xyz/write-frame.ts';
import type { FrameData } from '../../protocol/frames.ts';

/** A format that files are written in. */
export interface FrameWriting {
  /** What its files are called, for sentences. */
  names: string;
  /** Holds one frame only. */
  isSingle: boolean;
  pattern: RegExp;
  /** `place` is the number of the frame in the new file, from 0. */
  write(data: FrameData, place: number): string | Uint8Array;
  /** What stands after the last frame. */
  end?: string;
}

/** All formats that are written, by name. */
export const WRITINGS: Readonly<Record<string, FrameWriting>> = {
  extxyz: { names: '.xyz', isSingle: false, pattern: /\.(ext)?xyz$/i, write: writeExtxyzFrame },
  xtc: {
    names: '.xtc',
    isSingle: false,
    pattern: /\.xtc$/i,
    write: (data, place) => writeXtcFrame(data, { index: place }),
  },
  pdb: {
    names: '.pdb',
    isSingle: false,
    pattern: /\.(pdb|ent)$/i,
    write: (data, place) => writePdbFrame(data, place + 1),
    end: 'END\n',
  },
  gro: { names: '.gro', isSingle: false, pattern: /\.gro$/i, write: writeGroFrame },
  poscar: {
    names: 'POSCAR',
    isSingle: true,
    pattern: /^(POSCAR|CONTCAR).*$|\.(poscar|vasp)$/i,
    write: writePoscarFrame,
  },
};

/** The format that the name of a file says. */
export function writingOf(path: string): FrameWriting | undefined {
  return Object.values(WRITINGS).find(({ pattern }) => pattern.test(basename(path)));
}
