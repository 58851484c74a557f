import { atomicNumber } from '../../../chem/elements.ts';
import { frameArray, stringArray, type FrameData } from '../../../protocol/frames.ts';

/** Atoms and bonds of a connection table while it is read. */
export class Molecule {
  readonly positions: number[] = [];
  readonly symbols: string[] = [];
  readonly charges: number[] = [];
  /** Pairs of atoms from 0. */
  readonly bonds: number[] = [];
  readonly orders: number[] = [];

  get atomCount(): number {
    return this.symbols.length;
  }

  addAtom(symbol: string, x: number, y: number, z: number, charge: number): void {
    this.symbols.push(symbol);
    this.charges.push(charge);
    this.positions.push(x, y, z);
  }

  /** Adds a bond of atoms from 1; answers what is wrong with it. */
  addBond(first: number, second: number, order: number): string | undefined {
    for (const atom of [first, second]) {
      if (!(Number.isInteger(atom) && atom >= 1 && atom <= this.atomCount)) {
        return `a bond names atom ${atom}, the molecule has ${this.atomCount}`;
      }
    }
    if (first === second) return `a bond joins atom ${first} to itself`;
    this.bonds.push(first - 1, second - 1);
    this.orders.push(order);
    return undefined;
  }

  data(): FrameData {
    const { atomCount, symbols } = this;
    const numbers = symbols.map((symbol) => atomicNumber(symbol));
    const data: FrameData = {
      positions: frameArray(Float32Array.from(this.positions), [atomCount, 3]),
      numbers: frameArray(Uint8Array.from(numbers)),
      bonds: frameArray(Int32Array.from(this.bonds), [this.orders.length, 2]),
    };
    if (symbols.some((symbol, atom) => numbers[atom] === 0 || /^[DT]$/.test(symbol))) {
      data['arrays.symbols'] = stringArray(symbols);
    }
    if (this.orders.length > 0) data['info.bond_orders'] = frameArray(Int32Array.from(this.orders));
    if (this.charges.some((charge) => charge !== 0)) {
      data['arrays.formal_charges'] = frameArray(Int32Array.from(this.charges));
    }
    return data;
  }
}
