import { describe, expect, it } from 'vitest';
import { numberOfText, parseNumber, scanned, scanNumber } from '../../../src/data/formats/text/parse-number.ts';
import { seeded } from './seeded.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function parse(text: string): number | undefined {
  const bytes = bytesOf(`#${text}#`);
  return parseNumber(bytes, 1, bytes.length - 1);
}

describe('numbers', () => {
  it('[F4] 200,000 random decimals are the same to the last bit as JavaScript reads them', () => {
    const { random, seed } = seeded('numbers');
    const buffer = new DataView(new ArrayBuffer(8));
    const digits = (count: number): string => Array.from({ length: count }, () => Math.floor(random() * 10)).join('');
    let fast = 0;
    for (let round = 0; round < 200_000; round += 1) {
      let text: string;
      if (round % 4 === 0) {
        buffer.setUint32(0, random() * 2 ** 32);
        buffer.setUint32(4, random() * 2 ** 32);
        const value = buffer.getFloat64(0);
        if (!Number.isFinite(value)) continue;
        text = round % 8 === 0 ? String(value) : value.toExponential(Math.floor(random() * 20));
      } else {
        text = `${random() < 0.5 ? '-' : ''}${digits(1 + Math.floor(random() * 5))}.${digits(Math.floor(random() * (round % 3 === 0 ? 24 : 10)))}`;
        if (random() < 0.2) text += `e${Math.floor(random() * 40) - 20}`;
        if (text.length < 15) fast += 1;
      }
      const found = parse(text);
      if (!Object.is(found, Number(text)))
        throw new Error(`seed ${seed}: "${text}" is ${Number(text)}, read as ${found}`);
    }
    expect(fast).toBeGreaterThan(50_000);
  });

  it('[F4] zeros, signs, bare points, trailing zeros, exponents of Fortran and named values', () => {
    const cases: [string, number][] = [
      ['0', 0],
      ['-0', -0],
      ['-0.000', -0],
      ['+5', 5],
      ['.5', 0.5],
      ['5.', 5],
      ['-.5e1', -5],
      ['1.613900000000000000000', 1.6139],
      ['100000000000000000000000', 1e23],
      ['1d3', 1000],
      ['1.5D-3', 0.0015],
      ['1E+05', 1e5],
      ['9007199254740993', 9007199254740992],
      ['0.1e400', Number.POSITIVE_INFINITY],
      ['1e-400', 0],
      ['0e999999', 0],
      ['nan', Number.NaN],
      ['NaN', Number.NaN],
      ['-inf', Number.NEGATIVE_INFINITY],
      ['Infinity', Number.POSITIVE_INFINITY],
      ['4.9e-324', 5e-324],
      ['2.2250738585072011e-308', Number('2.2250738585072011e-308')],
      ['0.000000000000000000000000000001', 1e-30],
    ];
    for (const [text, value] of cases) {
      expect(parse(text), text).toBe(value);
      expect(numberOfText(text), text).toBe(value);
    }
  });

  it('[F4] what is no number is none', () => {
    for (const text of [
      '',
      '+',
      '-',
      '.',
      'e5',
      '1e',
      '1e+',
      '1.2.3',
      '1,5',
      '0x10',
      '1_0',
      '--1',
      '5 5',
      'nano',
      '1f',
      '٣',
      '*****',
      '1e5.0',
    ]) {
      expect(parse(text), text).toBeUndefined();
    }
  });

  it('[F4] a number ends at a blank, a newline or the limit, and the next word begins there', () => {
    for (const [text, value, end] of [
      ['12 3', 12, 2],
      ['1.5\n2', 1.5, 3],
      ['1e5\t', 1e5, 3],
      ['12345678901234567890 1', Number('12345678901234567890'), 20],
      ['oops 1', undefined, 4],
      ['1.5x 1', undefined, 4],
    ] as const) {
      expect(scanNumber(bytesOf(text), 0, text.length), text).toBe(value);
      expect(scanned.end, text).toBe(end);
    }
    expect(scanNumber(bytesOf('12345'), 0, 3)).toBe(123);
  });
});
