import { describe, expect, it } from 'vitest';
import { describeChange } from '../../src/components/conflicts/describe-change.ts';
import { commitWords } from '../../src/components/history/history-words.ts';
import { relativeTime } from '../../src/components/relative-time.ts';
import { frameArray } from '../../src/protocol/frames.ts';
import type { HistoryEntry } from '../../src/room/room-frames.ts';

const frame = (numbers: number[], more: Record<string, number> = {}) => ({
  data: { positions: frameArray(Float64Array.from(numbers), [numbers.length / 3, 3]), ...more },
  hashes: { positions: numbers.join(), ...Object.fromEntries(Object.entries(more).map(([k, v]) => [k, String(v)])) },
});
const words = (changes: HistoryEntry['changes'], more: Partial<HistoryEntry> = {}): string =>
  commitWords({ seq: 1, atMs: 0, isUndone: false, changes, ...more }, (id) => `frame ${id.slice(1)}`);

describe('what is said about changes', () => {
  it('[C211] says how many atoms were moved how far, and which values changed', () => {
    expect(describeChange(frame([0, 0, 0, 1, 1, 1]), frame([0, 3, 4, 1, 1, 1]))).toBe('moved 1 atom by 5.000 Å');
    expect(describeChange(frame([0, 0, 0, 1, 1, 1]), frame([0, 3, 4, 1, 1, 2]))).toBe('moved 2 atoms by up to 5.000 Å');
    expect(describeChange(frame([0, 0, 0], { energy: 1 }), frame([0, 0, 1], { energy: 2, 'info.a': 1 }))).toBe(
      'moved 1 atom by 1.000 Å and changed energy and a',
    );
    expect(describeChange(frame([0, 0, 0]), frame([0, 0, 0, 1, 1, 1]))).toBe('changed positions');
    expect(describeChange(frame([0, 0, 0]), frame([0, 0, 0]))).toBe('changed other values');
  });

  it('[C213] says what a commit did', () => {
    const set = (id: string, ...keys: string[]): HistoryEntry['changes'][number] => ({
      op: 'set',
      id,
      version: 2,
      hashes: Object.fromEntries(keys.map((key) => [key, 'ab'])),
    });
    expect(words([set('f3', 'positions')])).toBe('moved atoms in frame 3');
    expect(words([set('f3', 'energy', 'info.note')])).toBe('changed energy, note of frame 3');
    expect(words([set('f3', 'energy'), set('f4', 'energy')])).toBe('changed energy of 2 frames');
    expect(words([{ op: 'insert', frames: [1, 2].map((n) => ({ id: `n${n}`, version: 1 })) }])).toBe('added 2 frames');
    expect(words([{ op: 'remove', id: 'f1', version: 2 }])).toBe('removed a frame');
    expect(words([{ op: 'move', id: 'f1' }])).toBe('put frame 1 elsewhere');
    expect(words([set('f3', 'positions')], { undo: 4 })).toBe('took back a change of frame 3');
  });

  it('[C213] says when', () => {
    const ago = (seconds: number): string => relativeTime(1e12 - seconds * 1000, 1e12);
    expect([ago(3), ago(40), ago(130), ago(7300)]).toEqual(['just now', '40 s ago', '2 min ago', '2 h ago']);
    expect(ago(200_000)).toMatch(/2001/);
  });
});
