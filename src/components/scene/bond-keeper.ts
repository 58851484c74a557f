import { makeCell } from '../../chem/cell.ts';
import { BondScratch } from '../../chem/bond-scratch.ts';
import { perceiveBonds, perceiveBondsInSlices } from '../../chem/bonds.ts';
import { orderOfBonds } from '../../chem/sort-bonds.ts';
import type { Bonds } from '../../chem/bond-list.ts';
import { layLanes } from './bond-lanes.ts';
import type { BondTable } from './painter.ts';
import type { SceneFrame } from './scene-view.ts';

/** Up to this many atoms bonds are found anew for every frame, before it is drawn. */
const BONDS_EACH_FRAME_UP_TO = 2_000;
/** Up to this many atoms the first frame's bonds are found before it is drawn. */
const FIRST_BONDS_UP_TO = 10_000;
/** Up to this many atoms bonds are also found while frames keep coming, this long after the last time. */
const BONDS_WHILE_PLAYING_UP_TO = 20_000;
const WHILE_PLAYING_MS = 300;
/** How long frames must stop coming before the bonds of a larger structure are found anew. */
const SETTLED_MS = 150;
/** Longest stretch of work between two chances for the page to react, in atoms. */
const ATOMS_PER_SLICE = 20_000;
/** No perceived bond is longer; one that has become so since it was found is not drawn. Angstrom. */
const LONGEST = 5;

/**
 * Keeps the bonds of the frame shown. Given bonds win. Else they are perceived: at once for small structures; for
 * larger ones in slices, now and then while frames keep coming and once they have stopped, until when those found last
 * are drawn at the new positions, each to its nearest image.
 */
export class BondKeeper {
  private records: Uint32Array = new Uint32Array(0);
  private count = 0;
  private drawn = 0;
  private isGiven = false;
  private frame: SceneFrame | undefined;
  private given: Int32Array | undefined;
  private orders: Int32Array | undefined;
  /** False until bonds of these atoms were found once. */
  private isKnown = false;
  private isStale = false;
  private foundAt = -Infinity;
  private work: { frame: SceneFrame; steps: Generator<undefined, Bonds> } | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly scratch = new BondScratch();
  private readonly onFound: () => void;
  private readonly now: () => number;
  /** Grows when the list changes. */
  version = 0;
  /** False while no style draws bonds: nothing is perceived then. */
  isWanted = true;

  /** `onFound` is called when bonds were found after the frame was set; `now` gives milliseconds. */
  constructor(onFound: () => void, now: () => number) {
    this.onFound = onFound;
    this.now = now;
  }

  setFrame(frame: SceneFrame | undefined, isOtherAtoms: boolean): void {
    this.frame = frame;
    if (!frame || isOtherAtoms || frame.bonds) this.cancel();
    if (!frame || isOtherAtoms) {
      this.replace(undefined);
      this.isKnown = false;
    }
    if (!frame) return;
    if (frame.bonds) {
      if (frame.bonds !== this.given || frame.bondOrders !== this.orders || !this.isGiven)
        this.takeGiven(frame.bonds, frame);
      return;
    }
    if (this.isGiven) this.isKnown = false;
    this.isGiven = false;
    this.given = undefined;
    this.isStale = true;
    this.refresh();
  }

  /** Called when styles changed too. */
  refresh(): void {
    const { frame } = this;
    if (!this.isWanted || !this.isStale || !frame || this.work) return;
    const { atomCount } = frame;
    if (atomCount <= BONDS_EACH_FRAME_UP_TO || (!this.isKnown && atomCount <= FIRST_BONDS_UP_TO)) {
      this.isStale = false;
      this.found(perceiveBonds(frame, this.scratch));
      return;
    }
    clearTimeout(this.timer);
    const isDue = atomCount <= BONDS_WHILE_PLAYING_UP_TO && this.now() - this.foundAt > WHILE_PLAYING_MS;
    if (!this.isKnown || isDue) this.begin();
    else this.timer = setTimeout(() => this.begin(), SETTLED_MS);
  }

  get table(): BondTable {
    const { frame, records, count } = this;
    const cell = makeCell(frame?.cell, frame?.pbc);
    // Looking for the nearest image is exact only where the cell is wider than two bonds.
    const isWide = (axis: 0 | 1 | 2): boolean =>
      cell !== undefined && cell.periodic[axis] && cell.widths[axis] > 2 * LONGEST;
    return {
      records,
      count,
      drawn: this.isGiven ? this.drawn : count,
      longest: this.isGiven ? 1e9 : LONGEST,
      cell: cell?.vectors,
      inverse: cell?.inverse,
      wraps: [isWide(0), isWide(1), isWide(2)],
      periodic: cell?.periodic ?? [false, false, false],
    };
  }

  cancel(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.work = undefined;
  }

  private begin(): void {
    const { frame } = this;
    if (!frame) return;
    this.isStale = false;
    this.work = { frame, steps: perceiveBondsInSlices(frame, ATOMS_PER_SLICE, this.scratch) };
    this.timer = setTimeout(() => this.continue(), 0);
  }

  private continue(): void {
    if (!this.work) return;
    const step = this.work.steps.next();
    if (step.done !== true) {
      this.timer = setTimeout(() => this.continue(), 0);
      return;
    }
    const isOld = this.work.frame !== this.frame;
    this.cancel();
    this.found(step.value);
    this.onFound();
    this.isStale = isOld;
    this.refresh();
  }

  private found(bonds: Bonds): void {
    this.isKnown = true;
    this.foundAt = this.now();
    this.replace(bonds);
    this.addLinks();
  }

  /** Adds the bonds that the source gives besides, unless they were perceived. */
  private addLinks(): void {
    const { links, atomCount = 0 } = this.frame ?? {};
    if (!links || links.length < 2) return;
    const missing = new Map<number, readonly [number, number]>();
    for (let i = 0; i + 1 < links.length; i += 2) {
      const [a, b] = [Math.min(links[i], links[i + 1]), Math.max(links[i], links[i + 1])];
      if (a >= 0 && b < atomCount && a !== b) missing.set(a * atomCount + b, [a, b]);
    }
    for (let i = 0; i < this.count; i += 1) {
      const [a, b] = [this.records[4 * i], this.records[4 * i + 1]];
      missing.delete(Math.min(a, b) * atomCount + Math.max(a, b));
    }
    if (missing.size === 0) return;
    const found = this.records;
    this.reserve(this.count + missing.size);
    if (this.records !== found) this.records.set(found.subarray(0, 4 * this.count));
    for (const [a, b] of missing.values()) {
      this.records.set([a, b, NO_SHIFT, 0], 4 * this.count);
      this.count += 1;
    }
    this.version += 1;
  }

  private takeGiven(bonds: Int32Array, { atomCount, bondOrders }: SceneFrame): void {
    this.reserve(bonds.length >> 1);
    this.count = 0;
    const orders: number[] = [];
    for (let i = 0; i + 1 < bonds.length; i += 2) {
      const [a, b] = [bonds[i], bonds[i + 1]];
      if (a < 0 || b < 0 || a >= atomCount || b >= atomCount || a === b) continue;
      this.records.set([a, b, NO_SHIFT, 0], 4 * this.count);
      this.count += 1;
      if (bondOrders?.length === bonds.length >> 1) orders.push(bondOrders[i >> 1]);
    }
    ({ records: this.records, drawn: this.drawn } = layLanes(this.records, this.count, orders, atomCount));
    this.given = bonds;
    this.orders = bondOrders;
    this.isGiven = true;
    this.version += 1;
  }

  private replace(bonds: Bonds | undefined): void {
    const count = bonds?.count ?? 0;
    let isOther = count !== this.count;
    this.count = count;
    if (bonds) {
      const before = this.records;
      this.reserve(count);
      const { records } = this;
      isOther ||= records !== before;
      const { pairs, shifts } = bonds;
      const order = orderOfBonds(bonds, this.frame?.atomCount ?? 0, this.scratch);
      for (let i = 0; i < count; i += 1) {
        const bond = order[i];
        const [a, b] = [pairs[2 * bond], pairs[2 * bond + 1]];
        // A shift leads from the first atom to the second one's image, so turning a bond round turns it as well.
        const turn = a < b ? 1 : -1;
        const [x, y, z] = shifts ? [shifts[3 * bond], shifts[3 * bond + 1], shifts[3 * bond + 2]] : NOWHERE;
        isOther = set(records, 4 * i, Math.min(a, b)) || isOther;
        isOther = set(records, 4 * i + 1, Math.max(a, b)) || isOther;
        isOther = set(records, 4 * i + 2, packShift(turn * x, turn * y, turn * z)) || isOther;
        isOther = set(records, 4 * i + 3, 0) || isOther;
      }
    }
    // A list that is as it was need not be uploaded again.
    if (isOther) this.version += 1;
  }

  private reserve(count: number): void {
    if (this.records.length < 4 * count) this.records = new Uint32Array(6 * count);
  }
}

/** Writes a number; true when another was there. */
function set(records: Uint32Array, at: number, value: number): boolean {
  if (records[at] === value) return false;
  records[at] = value;
  return true;
}

const NOWHERE = [0, 0, 0] as const;
/** No image but the atom itself. */
const NO_SHIFT = packShift(0, 0, 0);

/** Writes the three whole numbers that a record keeps in one. */
export function unpackShift(packed: number, shifts: Int16Array, at: number): void {
  for (let axis = 0; axis < 3; axis += 1) shifts[at + axis] = ((packed >> (10 * axis)) & 1023) - 512;
}

/** Three whole numbers from -512 to 511 in one. */
function packShift(x: number, y: number, z: number): number {
  return ((x + 512) & 1023) | (((y + 512) & 1023) << 10) | (((z + 512) & 1023) << 20);
}
