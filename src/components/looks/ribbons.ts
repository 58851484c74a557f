import type { PolymerTrace } from '../../chem/polymer/polymer-trace.ts';
import { HELIX, STRAND } from '../../chem/polymer/secondary-structure.ts';
import type { Sweep } from '../scene/sweep-layer.ts';
import type { RibbonKind } from './presets.ts';

/** How each residue is drawn: number of a kind in {@link RibbonPlan.kinds} plus 1, or 0 for not at all. */
export interface RibbonPlan {
  readonly of: Uint8Array;
  readonly kinds: readonly { readonly kind: RibbonKind; readonly scale: number }[];
}

/** Half width, half thickness and how square, 0 or 1. */
type Section = readonly [width: number, thickness: number, square: number];

const COIL_SECTION: Section = [0.28, 0.28, 0];
const SECTIONS: Readonly<Record<number, Section>> = { [HELIX]: [1.35, 0.24, 0], [STRAND]: [1.25, 0.22, 1] };
const ARROW: Section = [2.1, 0.22, 1];
const NUCLEIC: Section = [1, 0.45, 0];

/**
 * Curves along the chains of one frame, in arrays that are used again: a control a residue, at its carrier, smoothed
 * along strands, facing as the carbonyl does, turned over where two neighbours would face opposite ways.
 */
export class RibbonBuilder {
  private controls: Float32Array = new Float32Array(0);
  private spans: Uint32Array = new Uint32Array(0);

  build(
    trace: PolymerTrace,
    positions: ArrayLike<number>,
    { joined, structure, plan }: { joined: Uint8Array; structure: Uint8Array; plan: RibbonPlan },
  ): Sweep {
    const { count } = trace;
    if (this.controls.length < 12 * count) this.controls = new Float32Array(Math.ceil(1.5 * 12 * count));
    if (this.spans.length < 4 * count) this.spans = new Uint32Array(Math.ceil(1.5 * 4 * count));
    const isNext = (i: number): boolean =>
      i + 1 < count && joined[i + 1] === 1 && plan.of[i] > 0 && plan.of[i] === plan.of[i + 1];
    let spanCount = 0;
    for (let start = 0; start < count; start += 1) {
      if (plan.of[start] === 0) continue;
      let end = start;
      while (isNext(end)) end += 1;
      this.place(trace, positions, structure, start, end, plan.kinds[plan.of[start] - 1]);
      for (let i = start; i < end; i += 1)
        this.spans.set([Math.max(start, i - 1), i, i + 1, Math.min(end, i + 2)], 4 * spanCount++);
      start = end;
    }
    return { spans: this.spans, spanCount, controls: this.controls, controlCount: count };
  }

  private place(
    trace: PolymerTrace,
    positions: ArrayLike<number>,
    structure: Uint8Array,
    start: number,
    end: number,
    { kind, scale }: RibbonPlan['kinds'][number],
  ): void {
    const { controls } = this;
    const { carriers } = trace;
    const at = (i: number, axis: number): number => positions[3 * carriers[i] + axis];
    const isCartoon = kind === 'cartoon';
    for (let i = start; i <= end; i += 1) {
      const isStrand = isCartoon && structure[i] === STRAND;
      const to = 12 * i;
      for (let axis = 0; axis < 3; axis += 1) {
        const own = at(i, axis);
        controls[to + axis] =
          isStrand && i > start && i < end ? 0.5 * own + 0.25 * (at(i - 1, axis) + at(i + 1, axis)) : own;
      }
      controls[to + 3] = carriers[i];
      this.face(trace, positions, start, end, i);
      const here = sectionOf(kind, structure[i], trace.isNucleic[i] === 1);
      const isTip = isStrand && i > start && structure[i - 1] === STRAND && (i === end || structure[i + 1] !== STRAND);
      const isArrow =
        isStrand && i < end && structure[i + 1] === STRAND && (i + 1 === end || structure[i + 2] !== STRAND);
      const into: Section = isTip ? [0.1, 0.22, 1] : here;
      const out: Section = isTip ? COIL_SECTION : isArrow ? ARROW : here;
      controls[to + 7] = out[2] + 0.5 * into[2];
      controls[to + 8] = into[0] * scale;
      controls[to + 9] = into[1] * scale;
      controls[to + 10] = out[0] * scale;
      controls[to + 11] = out[1] * scale;
    }
    if (isCartoon) this.smoothSides(structure, start, end);
  }

  /** Which way a residue's ribbon is wide: towards the carbonyl oxygen, else across the bend of the chain. */
  private face({ carriers, facing }: PolymerTrace, p: ArrayLike<number>, start: number, end: number, i: number): void {
    const { controls } = this;
    const to = 12 * i + 4;
    const target = facing[i];
    const [before, here, after] = [Math.max(start, i - 1), i, Math.min(end, i + 1)].map((each) => 3 * carriers[each]);
    let side: [number, number, number];
    if (target >= 0) side = [0, 1, 2].map((axis) => p[3 * target + axis] - p[here + axis]) as typeof side;
    else {
      const [ax, ay, az] = [0, 1, 2].map((axis) => p[here + axis] - p[before + axis]);
      const [bx, by, bz] = [0, 1, 2].map((axis) => p[after + axis] - p[here + axis]);
      side = [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
    }
    const along = [0, 1, 2].map((axis) => p[after + axis] - p[before + axis]);
    const squared = along[0] ** 2 + along[1] ** 2 + along[2] ** 2;
    const part = squared > 0 ? (side[0] * along[0] + side[1] * along[1] + side[2] * along[2]) / squared : 0;
    side = side.map((value, axis) => value - part * along[axis]) as typeof side;
    const length = Math.hypot(...side);
    const isPlain = !(length > 1e-3);
    const previous = to - 12;
    let agree = 0;
    for (let axis = 0; axis < 3; axis += 1) {
      controls[to + axis] = isPlain
        ? i > start
          ? controls[previous + axis]
          : Number(axis === 0)
        : side[axis] / length;
      if (i > start) agree += controls[to + axis] * controls[previous + axis];
    }
    if (agree < 0) for (let axis = 0; axis < 3; axis += 1) controls[to + axis] *= -1;
  }

  /** Sides along strands and coils lose half of what they differ from their neighbours, so that ribbons do not flutter. */
  private smoothSides(structure: Uint8Array, start: number, end: number): void {
    const { controls } = this;
    for (let round = 0; round < 2; round += 1)
      for (let axis = 0; axis < 3; axis += 1) {
        let before = controls[12 * start + 4 + axis];
        for (let i = start + 1; i < end; i += 1) {
          const to = 12 * i + 4 + axis;
          const own = controls[to];
          if (structure[i] !== HELIX) controls[to] = 0.5 * own + 0.25 * (before + controls[to + 12]);
          before = own;
        }
      }
  }
}

function sectionOf(kind: RibbonKind, structure: number, isNucleic: boolean): Section {
  switch (kind) {
    case 'cartoon':
      return isNucleic ? NUCLEIC : (SECTIONS[structure] ?? COIL_SECTION);
    case 'elliptic spline':
      return [1.1, 0.28, 0];
    case 'geometric spline':
      return [0.9, 0.3, 1];
    case 'spline':
      return [0.45, 0.45, 0];
  }
}
