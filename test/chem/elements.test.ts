import { describe, expect, it } from 'vitest';
import { atomicNumber, elementOf, ELEMENTS, elementSymbol } from '../../src/chem/elements.ts';

describe('elements', () => {
  it('[F30] symbols, names, masses and radii of all 118 elements, and the unknown one under 0', () => {
    expect(ELEMENTS.length).toBe(119);
    expect(new Set(ELEMENTS.map(({ symbol }) => symbol)).size).toBe(119);
    for (const [number, element] of ELEMENTS.entries()) {
      expect(element.number).toBe(number);
      expect(element.symbol).toMatch(/^[A-Z][a-z]?$/);
      expect(element.name).toMatch(/^[A-Z][a-z]{2,}$/);
      expect(element.covalentRadius).toBeGreaterThanOrEqual(0.28);
      expect(element.covalentRadius).toBeLessThan(2.7);
      expect(element.vdwRadius).toBeGreaterThanOrEqual(1.1);
      expect(element.vdwRadius).toBeLessThan(3.5);
      expect(element.color).toBeLessThanOrEqual(0xffffff);
    }
    // Where the periodic table is out of the order of weights, up to uranium.
    const lighter = ELEMENTS.slice(2, 93).filter(({ mass, number }) => mass < elementOf(number - 1).mass);
    expect(lighter.map(({ symbol }) => symbol)).toEqual(['K', 'Ni', 'I', 'Pa']);
  });

  it('[F30] values that everybody knows', () => {
    expect(elementOf(8)).toEqual({
      number: 8,
      symbol: 'O',
      name: 'Oxygen',
      mass: 15.999,
      covalentRadius: 0.66,
      vdwRadius: 1.52,
      color: 0xff0d0d,
    });
    expect(elementOf(79)).toMatchObject({
      symbol: 'Au',
      name: 'Gold',
      mass: 196.966569,
      covalentRadius: 1.36,
      color: 0xffd123,
    });
    expect(elementOf(118)).toMatchObject({ symbol: 'Og', name: 'Oganesson' });
    expect(elementOf(110).name).toBe('Darmstadtium');
  });

  it('[F30] symbols are found in any case, isotopes of hydrogen too, nothing else', () => {
    for (const [symbol, number] of [
      ['C', 6],
      ['cl', 17],
      ['CL', 17],
      ['D', 1],
      ['T', 1],
      ['Og', 118],
      ['X', 0],
      ['Qq', 0],
      ['', 0],
      ['constructor', 0],
    ] as const) {
      expect(atomicNumber(symbol), symbol).toBe(number);
    }
    expect([elementSymbol(1), elementSymbol(0), elementSymbol(200), elementSymbol(-1), elementSymbol(1.5)]).toEqual([
      'H',
      'X',
      'X',
      'X',
      'X',
    ]);
  });

  it('[F30] the table cannot be changed', () => {
    expect(Object.isFrozen(ELEMENTS)).toBe(true);
    expect(ELEMENTS.every((element) => Object.isFrozen(element))).toBe(true);
  });
});
