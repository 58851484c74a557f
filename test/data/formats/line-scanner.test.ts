import { describe, expect, it } from 'vitest';
import { LineScanner, WrongGuess } from '../../../src/data/formats/text/line-scanner.ts';
import { seeded } from './seeded.ts';

interface Delivered {
  text: string;
  offset: number;
  number: number;
}

/** Feeds `bytes` in the given pieces; after each delivered line `skips` says how many to pass over. */
function scan(
  bytes: Uint8Array,
  cuts: readonly number[],
  skips: (line: number) => number,
): { lines: Delivered[]; missing: number } {
  const lines: Delivered[] = [];
  const scanner = new LineScanner({
    line(piece, start, end, offset, number) {
      lines.push({ text: new TextDecoder().decode(piece.subarray(start, end)), offset, number });
      return skips(number);
    },
  });
  let at = 0;
  for (const cut of [...cuts, bytes.length]) {
    // Odd offsets within a larger buffer try every alignment.
    const piece = new Uint8Array(cut - at + (at % 4)).subarray(at % 4);
    piece.set(bytes.subarray(at, cut));
    scanner.push(piece);
    at = cut;
  }
  scanner.end();
  return { lines, missing: scanner.skipping };
}

describe('lines', () => {
  it('[F14] lines, offsets and numbers do not depend on how the bytes are cut, nor on what is passed over', () => {
    const { random, seed } = seeded('lines');
    for (let round = 0; round < 400; round += 1) {
      const rows = Array.from({ length: Math.floor(random() * 60) }, () =>
        Array.from({ length: Math.floor(random() * (random() < 0.3 ? 4 : 40)) }, () =>
          String.fromCharCode([32, 65, 0x8a, 0x0b, 0xff, 0x7f][Math.floor(random() * 6)]),
        ).join(''),
      );
      const text = rows.join('\n') + (random() < 0.5 ? '\n' : '');
      const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
      const skipping = Array.from({ length: 100 }, () => (random() < 0.5 ? 0 : Math.floor(random() * 30)));
      const cuts = Array.from({ length: Math.floor(random() * 6) }, () => Math.floor(random() * bytes.length)).toSorted(
        (a, b) => a - b,
      );
      const expected: { offset: number; number: number }[] = [];
      let missing = 0;
      let offset = 0;
      const ends = text.endsWith('\n') || text === '' ? text.split('\n').slice(0, -1) : text.split('\n');
      for (const [k, row] of ends.entries()) {
        if (missing > 0) missing -= 1;
        else {
          expected.push({ offset, number: k + 1 });
          missing = skipping[k + 1];
        }
        offset += row.length + 1;
      }
      const found = scan(bytes, cuts, (number) => skipping[number]);
      expect(
        found.lines.map(({ offset: at, number }) => ({ offset: at, number })),
        `seed ${seed}`,
      ).toEqual(expected);
      expect(found.missing, `seed ${seed}`).toBe(missing);
    }
  });

  it('[F14] newlines are counted exactly among all other bytes', () => {
    const bytes = new Uint8Array(4096);
    for (let k = 0; k < bytes.length; k += 1) bytes[k] = k % 256;
    bytes.fill(0x8a, 1024, 1100);
    bytes.fill(10, 2048, 2200);
    const newlines = bytes.filter((byte) => byte === 10).length;
    const found = scan(bytes, [], (number) => (number === 1 ? newlines - 3 : 0));
    // The first line, three after the jump, and the unfinished last one.
    expect(found.lines.length).toBe(1 + 2 + 1);
    expect(found.lines[1].number).toBe(newlines - 1);
  });

  it('[F19] a jump that does not land after a newline is a wrong guess', () => {
    const consumer = { line: () => 2, guess: () => 5 };
    const good = new LineScanner(consumer);
    good.push(new TextEncoder().encode('a\nb\ncd\n'));
    expect(good.lineNumber).toBe(4);
    const bad = new LineScanner(consumer);
    expect(() => bad.push(new TextEncoder().encode('a\nbb\ncd\n'))).toThrow(WrongGuess);
  });
});
