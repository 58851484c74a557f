import { describe, expect, it } from 'vitest';
import { frameArray, stringArray, type Frame } from 'covalence';
import { formatBytes, formatNumber, formatPlural } from '../../src/components/format-number.ts';
import { cellSummary, forceSummary, frameValues } from '../../src/components/inspector/frame-summary.ts';
import { atomFacts, composition } from '../../src/components/viewer/atom-facts.ts';
import { sceneFrameOf } from '../../src/components/viewer/scene-frame.ts';

const frame: Frame = {
  id: 'f0',
  index: 0,
  version: 1,
  hashes: {},
  data: {
    positions: frameArray(Float32Array.of(0, -1.5, 2, 3, 4, 5), [2, 3]),
    numbers: frameArray(Uint8Array.of(8, 1)),
    forces: frameArray(Float32Array.of(3, 0, 4, 0, 0, 0), [2, 3]),
    charges: frameArray(Float32Array.of(-0.82, 0.41)),
    'arrays.residue_names': stringArray(['WAT', 'WAT']),
    cell: frameArray(Float64Array.of(2, 0, 0, 0, 3, 0, 0, 0, 4), [3, 3]),
    pbc: frameArray(Uint8Array.of(1, 0, 1)),
    energy: -12.5,
    'info.config_type': 'md',
  },
};

describe('facts', () => {
  it('[C63] an atom tells element, index, position, and every per-atom value with its unit', () => {
    const facts = atomFacts(frame, 0);
    expect(facts).toMatchObject({ title: 'O 0', element: 'Oxygen' });
    expect(facts?.facts).toEqual([
      { name: 'position', value: '0.000  \u22121.500  2.000 Å' },
      { name: '|forces|', value: '5 eV/Å' },
      { name: 'charges', value: '\u22120.82 e' },
      { name: 'residue names', value: 'WAT' },
    ]);
    expect(atomFacts(frame, 2)).toBeUndefined();
  });

  it('[C63] a frame tells its values, cell and forces', () => {
    expect(frameValues(frame)).toEqual([
      { name: 'energy', value: '\u221212.5', unit: 'eV' },
      { name: 'config type', value: 'md', unit: '' },
    ]);
    expect(cellSummary(frame)).toEqual({
      lengths: [2, 3, 4],
      angles: [90, 90, 90],
      volume: 24,
      periodic: [true, false, true],
    });
    expect(forceSummary(frame)).toEqual({ max: 5, rms: Math.sqrt(12.5) });
  });

  it('[C445] numbers that are names are not grouped, amounts are', () => {
    const data = { 'info.PUBCHEM_COMPOUND_CID': 2244001, 'info.mol_id': 12345, id: 54321, 'info.steps': 12345 };
    const values = frameValues({ ...frame, data }).map(({ value }) => value);
    expect(values).toEqual(['2244001', '12345', '54321', '12\u202f345']);
  });

  it('[C63] the formula is in Hill order', () => {
    const text = (numbers: number[]): string =>
      composition(numbers)
        .map(({ symbol, count }) => symbol + count)
        .join(' ');
    expect(text([8, 1, 1])).toBe('H2 O1');
    expect(text([8, 6, 1, 7, 1, 6])).toBe('C2 H2 N1 O1');
    expect(text([])).toBe('');
  });

  it('[C63] a frame without positions is no picture; one without numbers is drawn as unknown atoms', () => {
    expect(sceneFrameOf({ ...frame, data: { energy: 1 } })).toBeUndefined();
    const { positions } = frame.data;
    expect(sceneFrameOf({ ...frame, data: { positions } })).toMatchObject({
      atomCount: 2,
      numbers: Uint8Array.of(0, 0),
    });
  });

  it('[C63] numbers are written for people', () => {
    expect(formatNumber(-838.28571)).toBe('\u2212838.2857');
    expect(formatNumber(104202)).toBe('104\u202f202');
    expect(formatNumber(1024)).toBe('1024');
    expect(formatNumber(0.000012345)).toBe('1.234e\u22125');
    expect(formatNumber(NaN)).toBe('–');
    expect(formatBytes(3_210_000)).toBe('3.2 MB');
    expect(formatPlural(1, 'atom')).toBe('1 atom');
    expect(formatPlural(12_000, 'atom')).toBe('12\u202f000 atoms');
  });
});
