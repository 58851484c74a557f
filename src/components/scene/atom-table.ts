import type { SceneFrame, SceneHighlight, SceneStyle } from './scene-view.ts';
import { BALLS_UP_TO, StyleSheet } from './style-sheet.ts';

/** Bits of an atom's fourth byte. */
export const HIDDEN = 1;
export const HOVERED = 2;

/**
 * What the picture knows about each atom: its position and four bytes (atomic number, row of the style sheet,
 * highlight, bits). Capacity only grows, so that frames of a trajectory allocate nothing.
 */
export class AtomTable {
  readonly sheet: StyleSheet = new StyleSheet();
  count = 0;
  /** (N,3) angstrom, single precision: the frame's own array where it is one. */
  positions: Float32Array = new Float32Array(0);
  /** Four bytes an atom. */
  states: Uint8Array = new Uint8Array(0);
  /** Highlighted or hovered atoms, for the halo. */
  marked: Uint32Array = new Uint32Array(0);
  markedCount = 0;
  /** Grow with each change: whoever uploads compares. */
  statesVersion = 0;
  positionsVersion = 0;
  /** Four bytes an atom: a colour of its own (sRGB) and whether it has one; undefined when none has. */
  tints: Uint8Array | undefined;
  tintsVersion = 0;
  private numbers: Uint8Array = new Uint8Array(0);
  private converted: Float32Array = new Float32Array(0);
  private styles: readonly SceneStyle[] = [];
  private highlights: readonly SceneHighlight[] = [];
  private hovered: number | undefined;

  /** Takes over a frame; true when the atoms are others than before (their number or their elements). */
  setFrame(frame: SceneFrame | undefined): boolean {
    const count = frame?.atomCount ?? 0;
    this.positions = frame ? this.toSingle(frame.positions, count) : this.positions.subarray(0, 0);
    this.positionsVersion += 1;
    const numbers = frame?.numbers ?? this.numbers.subarray(0, 0);
    if (count === this.count && isEqual(numbers, this.numbers, count)) {
      this.numbers = numbers;
      return false;
    }
    this.numbers = numbers;
    this.count = count;
    if (this.states.length < 4 * count) this.states = new Uint8Array(6 * count);
    this.restyle();
    return true;
  }

  setStyles(styles: readonly SceneStyle[]): void {
    this.styles = styles;
    this.restyle();
  }

  setHighlights(highlights: readonly SceneHighlight[]): void {
    this.highlights = highlights;
    this.mark();
  }

  setTints(tints: Uint8Array | undefined): void {
    this.tints = tints;
    this.tintsVersion += 1;
  }

  setHover(atom: number | undefined): boolean {
    const hovered = atom !== undefined && atom >= 0 && atom < this.count ? atom : undefined;
    if (hovered === this.hovered) return false;
    this.hovered = hovered;
    this.mark();
    return true;
  }

  isHidden(atom: number): boolean {
    return (this.states[4 * atom + 3] & HIDDEN) !== 0;
  }

  /** Radius an atom is drawn with, angstrom. */
  radius(atom: number): number {
    return this.sheet.radius(this.states[4 * atom + 1], this.states[4 * atom]);
  }

  private restyle(): void {
    const { states, count, numbers, sheet } = this;
    sheet.clear();
    const render = count > BALLS_UP_TO ? 'spheres' : 'ball and stick';
    // What lies below a style for all atoms is never seen, and must not count when asking whether bonds are drawn.
    const base = this.styles.findLastIndex((style) => style.atoms === undefined);
    const lowest = this.styles[base];
    const row = sheet.rowOf({ ...lowest, render: lowest?.render ?? render });
    const bits = lowest?.hide === true ? HIDDEN : 0;
    for (let atom = 0, at = 0; atom < count; atom += 1, at += 4) {
      states[at] = numbers[atom];
      states[at + 1] = row;
      states[at + 2] = 0;
      states[at + 3] = bits;
    }
    for (const style of this.styles.slice(base + 1))
      this.apply(style, sheet.rowOf({ ...style, render: style.render ?? render }));
    this.mark();
  }

  private apply(style: SceneStyle, row: number): void {
    const { states, count } = this;
    const bits = style.hide === true ? HIDDEN : 0;
    for (const atom of style.atoms ?? []) {
      if (atom >= count) continue;
      states[4 * atom + 1] = row;
      states[4 * atom + 3] = bits;
    }
  }

  private mark(): void {
    const { states, count, marked, markedCount, hovered } = this;
    for (let i = 0; i < markedCount; i += 1) {
      if (marked[i] >= count) continue;
      states[4 * marked[i] + 2] = 0;
      states[4 * marked[i] + 3] &= ~HOVERED;
    }
    let most = 1;
    for (const { atoms } of this.highlights) most += atoms.length;
    if (this.marked.length < most) this.marked = new Uint32Array(Math.ceil(most * 1.5));
    let next = 0;
    // Row 0 has 255 colours; a picture with more highlights than that repeats the last.
    for (const [i, { atoms, color }] of this.highlights.entries()) {
      const index = Math.min(i + 1, 255);
      this.sheet.setHighlight(index, color);
      for (const atom of atoms) {
        if (atom >= count) continue;
        if (states[4 * atom + 2] === 0) this.marked[next++] = atom;
        states[4 * atom + 2] = index;
      }
    }
    if (hovered !== undefined && hovered < count) {
      if (states[4 * hovered + 2] === 0) this.marked[next++] = hovered;
      states[4 * hovered + 3] |= HOVERED;
    }
    this.markedCount = next;
    this.statesVersion += 1;
  }

  private toSingle(positions: Float32Array | Float64Array, count: number): Float32Array {
    if (positions instanceof Float32Array) return positions;
    if (this.converted.length < 3 * count) this.converted = new Float32Array(Math.ceil(4.5 * count));
    const single = this.converted.subarray(0, 3 * count);
    single.set(positions.subarray(0, 3 * count));
    return single;
  }
}

function isEqual(a: Uint8Array, b: Uint8Array, count: number): boolean {
  if (a === b) return true;
  for (let i = 0; i < count; i += 1) if (a[i] !== b[i]) return false;
  return true;
}
