import { svg, type TemplateResult } from 'lit';
import type { SceneView } from '../scene/scene-view.ts';
import type { Pixel } from './view-plane.ts';

/** Points of a lasso closer than this many CSS pixels to the one before are left out. */
const STEP = 3;

/** A line drawn around atoms. */
export class Lasso {
  readonly points: Pixel[];

  constructor(start: Pixel) {
    this.points = [start];
  }

  /** Goes on to `at`. */
  add(at: Pixel): void {
    const last = this.points[this.points.length - 1];
    if (Math.hypot(at.x - last.x, at.y - last.y) >= STEP) this.points.push(at);
  }

  /** Visible atoms whose centres lie inside the closed line, ascending. */
  atoms(scene: SceneView): Uint32Array {
    const xs = this.points.map(({ x }) => x);
    const ys = this.points.map(({ y }) => y);
    const { points } = this;
    return scene.pickRectangle(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys), (x, y) =>
      isInside(points, { x, y }),
    );
  }

  template(): TemplateResult<2> {
    return svg`<polygon class="lasso" points=${this.points.map(({ x, y }) => `${x},${y}`).join(' ')} />`;
  }
}

/** Whether a point is inside a closed line, which may cross itself: on it an odd number of edges lie to the right. */
export function isInside(line: readonly Pixel[], { x, y }: Pixel): boolean {
  let isIn = false;
  for (let i = 0, before = line.length - 1; i < line.length; before = i, i += 1) {
    const [a, b] = [line[i], line[before]];
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) isIn = !isIn;
  }
  return isIn;
}
