import { html, nothing, type TemplateResult } from 'lit';
import type { SceneView } from '../scene/scene-view.ts';
import { formatMeasured, type Measurement } from './measurements.ts';
import { pixelsPerAngstrom, projectPoint, type Pixel } from './view-plane.ts';

/** Radius an atom may be drawn with, angstrom, and how far a label stays away, CSS pixels. */
const ATOM_RADIUS = 0.5;
const MOST_AWAY = 44;
const GAP = 5;
/** Places for a label, best first: beside the line, on its other side, farther out. */
const STEPS_OUT = [1, -1, 2, -2, 3, 1] as const;

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

function isOver(one: Box, other: Box): boolean {
  return one.left < other.right && one.right > other.left && one.top < other.bottom && one.bottom > other.top;
}

/** What is measured, in words at its lines. */
export function measurementTemplate(results: readonly Measurement[]): TemplateResult[] {
  return results.map(
    (result, index) =>
      html`<div
        class="measurement ${result.kind}"
        part="measurement"
        data-measurement=${index}
        title=${result.isThroughCell ? 'To the nearest periodic image' : nothing}
      >
        ${formatMeasured(result)}${result.isThroughCell ? html`<span aria-label="through the cell"> ⤨</span>` : nothing}
      </div>`,
  );
}

/** Puts the labels beside their lines, where they cover neither the line nor its atoms. */
export function placeMeasurements(overlay: HTMLElement, scene: SceneView, results: readonly Measurement[]): void {
  const elements = overlay.querySelectorAll<HTMLElement>('.measurement');
  if (elements.length === 0) return;
  const { camera } = scene;
  const { width, height } = overlay.getBoundingClientRect();
  const placed: Box[] = [];
  for (const element of elements) {
    const result = results[Number(element.dataset['measurement'])];
    const at = result && projectPoint(camera, result.middle, width, height);
    element.style.visibility = at === undefined ? 'hidden' : 'visible';
    if (at === undefined) continue;
    const { offsetWidth, offsetHeight } = element;
    const line = result.points.map((point) => projectPoint(camera, point, width, height));
    const away = awayFrom(result, line, at);
    const radius = Math.min(MOST_AWAY, ATOM_RADIUS * pixelsPerAngstrom(camera, result.middle, height));
    // Half the label as seen along the way out, so that it ends before the line whatever the line's slope.
    const half = (Math.abs(away.x) * offsetWidth + Math.abs(away.y) * offsetHeight) / 2;
    // Behind a label that is there already, farther out or on the other side of the line.
    let tries = 0;
    for (const step of STEPS_OUT) {
      tries += 1;
      const far = (half + GAP + radius) * Math.sign(step) + (step - Math.sign(step)) * (2 * half + 2);
      const x = Math.round(at.x + away.x * far - offsetWidth / 2);
      const y = Math.round(at.y + away.y * far - offsetHeight / 2);
      const box = { left: x, top: y, right: x + offsetWidth, bottom: y + offsetHeight };
      if (tries < STEPS_OUT.length && placed.some((other) => isOver(box, other))) continue;
      placed.push(box);
      element.style.transform = `translate(${x}px, ${y}px)`;
      break;
    }
  }
}

/** The direction on the screen in which a label goes: out of an angle, else square to the line and upwards. */
function awayFrom({ kind }: Measurement, line: readonly (Pixel | undefined)[], middle: Pixel): Pixel {
  const [a, b] = kind === 'dihedral' ? [line[1], line[2]] : [line[0], line[1]];
  if (kind === 'angle' && b !== undefined) return unit(middle.x - b.x, middle.y - b.y);
  if (a === undefined || b === undefined) return { x: 0, y: -1 };
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  return dx > 0 || (dx === 0 && dy > 0) ? unit(dy, -dx) : unit(-dy, dx);
}

function unit(x: number, y: number): Pixel {
  const length = Math.hypot(x, y);
  return length < 1e-6 ? { x: 0, y: -1 } : { x: x / length, y: y / length };
}
