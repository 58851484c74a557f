import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CovalenceError } from '../../src/protocol/errors.ts';
import { FRAME_KEYS, type FrameData, type FrameValue, frameArray, stringArray } from '../../src/protocol/frames.ts';
import { checkFrameData } from '../../src/data/check-frame.ts';
import { dataFromWire, dataToWire, frameFromWire, frameToWire } from '../../src/data/frame-codec.ts';
import { decodeMsgpack, encodeMsgpack } from '../../src/data/msgpack.ts';
import { frameOf, sampleData } from './sample-frames.ts';

function refusal(run: () => unknown): CovalenceError {
  try {
    run();
  } catch (error) {
    if (error instanceof CovalenceError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

const f4 = (length: number, shape?: number[]): FrameValue => frameArray(new Float32Array(length), shape);
const good = (): FrameData => ({ positions: f4(6, [2, 3]), numbers: frameArray(Uint8Array.of(1, 8)) });

describe('checkFrameData', () => {
  it('[D57] accepts every kind of value and stores an alias under its name', () => {
    const data = sampleData(0);
    expect(checkFrameData(data)).toEqual(data);
    expect(Object.keys(checkFrameData({ position: f4(6, [2, 3]), species: frameArray(Uint8Array.of(1, 8)) }))).toEqual([
      'positions',
      'numbers',
    ]);
    expect(checkFrameData({ 'my.own': f4(4, [2, 2]), bonds: frameArray(new Int32Array(0), [0, 2]) })).toBeDefined();
    expect(checkFrameData({ positions: f4(0, [0, 3]) })).toBeDefined();
  });

  it('[D57] refuses wrong types, shapes and atom counts, naming key, expected and found', () => {
    const wrong: [string, FrameData][] = [
      ['positions', { positions: f4(6, [6]) }],
      ['positions', { positions: frameArray(new Int32Array(6), [2, 3]) }],
      ['positions', { positions: 1 }],
      ['numbers', { ...good(), numbers: frameArray(Uint8Array.of(1)) }],
      ['arrays.x', { ...good(), 'arrays.x': f4(3) }],
      ['arrays.x', { ...good(), 'arrays.x': 4 }],
      ['cell', { cell: frameArray(new Float64Array(6), [2, 3]) }],
      ['energy', { energy: 'low' }],
      ['energy', { energy: frameArray(Float64Array.of(1)) }],
      ['bonds', { ...good(), bonds: frameArray(Int32Array.of(0, 2), [1, 2]) }],
      ['numbers', { numbers: frameArray(Uint8Array.of(1)), species: frameArray(Uint8Array.of(1)) }],
      ['a', { a: { dtype: '<f4', shape: [2], data: new Float64Array(2) } }],
      ['a', { a: { dtype: '<f4', shape: [3], data: new Float32Array(2) } }],
      ['a', { a: { dtype: '<f4', shape: [-1], data: new Float32Array(0) } }],
      ['a', { a: { ...stringArray(['x']), table: [] } }],
      ['a', { a: { ...stringArray(['x']), table: ['\ud800'] } }],
      ['a', { a: '\udfff' }],
    ];
    for (const [key, data] of wrong) {
      const { code, fields, message } = refusal(() => checkFrameData(data));
      expect([code, fields['key']]).toEqual(['frame/shape-invalid', key]);
      expect(fields['expected']).toBeTypeOf('string');
      expect(message).toContain(`"${key}"`);
      expect(message).toContain(String(fields['found']));
    }
    expect(refusal(() => checkFrameData(good(), { atomCount: 3 })).message).toContain('3 atoms');
  });

  it('[D57] refuses names that cannot be asked for or that name a prototype', () => {
    for (const key of [
      '',
      'a,b',
      '__proto__',
      'arrays.constructor',
      'tab\t',
      '\ud800',
      'base_version',
      'x'.repeat(256),
    ]) {
      const data = Object.defineProperty({}, key, { value: 1, enumerable: true });
      expect(refusal(() => checkFrameData(data as FrameData)).code).toBe('frame/shape-invalid');
    }
  });

  it('[D58] refuses NaN and infinity, naming the element, unless they are allowed', () => {
    const positions = frameArray(Float32Array.of(0, 1, Number.NaN), [1, 3]);
    expect(refusal(() => checkFrameData({ positions }))).toMatchObject({
      code: 'frame/not-finite',
      fields: { key: 'positions', element: 2 },
    });
    expect(refusal(() => checkFrameData({ energy: Number.POSITIVE_INFINITY })).code).toBe('frame/not-finite');
    expect(checkFrameData({ positions, energy: Number.NaN }, { allowNotFinite: true })).toBeDefined();
  });
});

describe('frames in msgpack', () => {
  it('[D59] a frame comes back to the bit', () => {
    const frame = frameOf(3);
    expect(frameFromWire(decodeMsgpack(encodeMsgpack(frameToWire(frame))))).toEqual(frame);
  });

  it('[D59] bytes that do not fit their description are refused, naming the key', () => {
    const array = { dtype: '<f4', shape: [1, 3], data: new Uint8Array(12) };
    for (const damaged of [
      { ...array, dtype: '<f2' },
      { ...array, dtype: '__proto__' },
      { ...array, shape: [1, 4] },
      { ...array, shape: [0.5, 3] },
      { ...array, shape: 3 },
      { ...array, shape: Array.from({ length: 9 }, () => 1) },
      { ...array, shape: [2 ** 40, 2 ** 40] },
      { ...array, data: [1, 2, 3] },
      { ...array, table: [1] },
      { shape: [1, 3] },
      null,
      [1, 2, 3],
    ]) {
      expect(refusal(() => dataFromWire({ positions: damaged }))).toMatchObject({
        code: 'frame/shape-invalid',
        fields: { key: 'positions' },
      });
    }
    for (const damaged of [null, [], 1, 'x'])
      expect(refusal(() => dataFromWire(damaged)).code).toBe('frame/shape-invalid');
    for (const damaged of [{ id: 1 }, { index: -1 }, { version: 0.5 }, { hashes: null }, { data: 3 }, { hashes: {} }]) {
      expect(refusal(() => frameFromWire({ ...frameToWire(frameOf(0)), ...damaged })).code).toBe('request/invalid');
    }
  });

  it('[D59] unaligned bytes are copied, aligned ones are viewed', () => {
    const bytes = encodeMsgpack(dataToWire({ a: frameArray(Float64Array.of(1, 2)), b: frameArray(Uint8Array.of(1)) }));
    const data = dataFromWire(decodeMsgpack(bytes)) as Record<string, { data: ArrayBufferView }>;
    expect(data['b'].data.buffer).toBe(bytes.buffer);
    expect([...(data['a'].data as Float64Array)]).toEqual([1, 2]);
  });
});

it('[V359] docs/data-channel.md says type, shape and unit of every key with a fixed meaning', () => {
  const manual = readFileSync('docs/data-channel.md', 'utf8').replaceAll('\\|', '/');
  const rows = [...manual.matchAll(/^\| `([a-z]+)`[^|]*\|([^|]*)\|([^|]*)\|([^|]*)\|$/gm)];
  const documented = rows.map(([, key, type, shape, unit]) => [
    key,
    type.replaceAll('`', '').replaceAll('/', '|').trim(),
    shape.trim(),
    unit.trim(),
  ]);
  expect(documented).toEqual(
    Object.entries(FRAME_KEYS).map(([key, { dtypes, shape, unit = '' }]) => [
      key,
      dtypes.join(' or '),
      shape.join(', '),
      unit,
    ]),
  );
});
