import type { TrajectoryFormat } from '../format.ts';
import { countAlone, textOf } from '../text/bytes-text.ts';
import { TextTrajectory, type TextFormat } from '../text/text-trajectory.ts';
import { readXyzFrame } from './read-frame.ts';
import { XyzScanner } from './xyz-scanner.ts';

const means: TextFormat = {
  name: 'extxyz',
  scanner: (index) => new XyzScanner(index),
  readFrame: readXyzFrame,
};

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?$/;

/** Extended and plain XYZ; a plain file is one without keys. */
export const xyzFormat: TrajectoryFormat = {
  name: 'extxyz',
  extensions: ['xyz', 'extxyz'],
  sniff(head) {
    const lines = textOf(head, 0, Math.min(head.length, 8192))
      .replace(/^\uFEFF/, '')
      .split('\n');
    while (lines.length > 0 && lines[0].trim() === '') lines.shift();
    const first = new TextEncoder().encode(lines[0] ?? '');
    const count = countAlone(first, 0, first.length);
    if (count < 0) return false;
    if (count === 0 || (lines[1] ?? '').includes('Properties=')) return true;
    const words = (lines[2] ?? '').trim().split(/\s+/);
    return words.length >= 4 && words.slice(1, 4).every((word) => NUMBER.test(word));
  },
  open: (source, options) => Promise.resolve(new TextTrajectory(means, source, options)),
};
