import { svg, type TemplateResult } from 'lit';
import type { CameraPose } from '../../protocol/presence.ts';
import { add, type Vector } from '../scene/vector.ts';
import { pixelsPerAngstrom, projectPoint, viewAxes, type Pixel } from './view-plane.ts';

/** What of the gizmo is held: an axis, the middle, which moves parallel to the screen, or the ring, which turns. */
export type Handle = 'x' | 'y' | 'z' | 'plane' | 'ring';

/** The gizmo as it lies in the picture. */
export interface GizmoShape {
  center: Pixel;
  /** Ends of the axes that are not seen end on, and where one angstrom along them goes, CSS pixels. */
  axes: readonly { name: 'x' | 'y' | 'z'; end: Pixel; perAngstrom: Pixel }[];
  ringRadius: number;
}

/** Lengths in CSS pixels. */
const AXIS_LENGTH = 58;
const RING_RADIUS = 84;
const MIDDLE_RADIUS = 13;
const REACH = 9;
const TOUCH_REACH = 18;
/** An axis shorter than this part of its length points at the viewer and cannot be dragged well. */
const END_ON = 0.22;

const AXES: readonly (readonly ['x' | 'y' | 'z', Vector])[] = [
  ['x', [1, 0, 0]],
  ['y', [0, 1, 0]],
  ['z', [0, 0, 1]],
];

/** The gizmo around a point; undefined when that is behind the camera. */
export function gizmoShape(camera: CameraPose, at: Vector, width: number, height: number): GizmoShape | undefined {
  const center = projectPoint(camera, at, width, height);
  const scale = pixelsPerAngstrom(camera, at, height);
  if (center === undefined || scale === 0) return undefined;
  const [right, up] = viewAxes(camera);
  const axes = AXES.flatMap(([name, axis]) => {
    const perAngstrom = {
      x: scale * (axis[0] * right[0] + axis[1] * right[1] + axis[2] * right[2]),
      y: -scale * (axis[0] * up[0] + axis[1] * up[1] + axis[2] * up[2]),
    };
    const share = Math.hypot(perAngstrom.x, perAngstrom.y) / scale;
    const length = AXIS_LENGTH / scale;
    const end = { x: center.x + perAngstrom.x * length, y: center.y + perAngstrom.y * length };
    return share < END_ON ? [] : [{ name, end, perAngstrom }];
  });
  return { center, axes, ringRadius: RING_RADIUS };
}

/** The part of the gizmo under a pixel. */
export function handleAt(
  { center, axes, ringRadius }: GizmoShape,
  { x, y }: Pixel,
  isTouch: boolean,
): Handle | undefined {
  const reach = isTouch ? TOUCH_REACH : REACH;
  const away = Math.hypot(x - center.x, y - center.y);
  if (away <= MIDDLE_RADIUS + (isTouch ? 6 : 0)) return 'plane';
  let best: Handle | undefined;
  let nearest = reach;
  for (const { name, end } of axes) {
    const [ex, ey] = [end.x - center.x, end.y - center.y];
    const along = Math.max(0, Math.min(1, ((x - center.x) * ex + (y - center.y) * ey) / (ex * ex + ey * ey)));
    const distance = Math.hypot(x - center.x - along * ex, y - center.y - along * ey);
    if (distance < nearest) [best, nearest] = [name, distance];
  }
  return best ?? (Math.abs(away - ringRadius) <= reach ? 'ring' : undefined);
}

/** Angstrom along an axis that follow a drag of so many CSS pixels. */
export function alongAxis(perAngstrom: Pixel, dx: number, dy: number): number {
  return (dx * perAngstrom.x + dy * perAngstrom.y) / (perAngstrom.x ** 2 + perAngstrom.y ** 2);
}

/** The direction of an axis. */
export function axisVector(handle: 'x' | 'y' | 'z'): Vector {
  return [...(AXES.find(([name]) => name === handle)?.[1] ?? [0, 0, 0])];
}

/** Middle of some atoms, angstrom; those without a place left out. */
export function middleOf(positions: ArrayLike<number>, atoms: ArrayLike<number>): Vector | undefined {
  let sum: Vector = [0, 0, 0];
  let count = 0;
  for (const atom of Array.from(atoms)) {
    const place: Vector = [positions[3 * atom], positions[3 * atom + 1], positions[3 * atom + 2]];
    if (!place.every(Number.isFinite)) continue;
    sum = add(sum, place);
    count += 1;
  }
  return count === 0 ? undefined : [sum[0] / count, sum[1] / count, sum[2] / count];
}

/** The gizmo as drawn; `held` is emphasised. */
export function gizmoTemplate({ center, axes, ringRadius }: GizmoShape, held: Handle | undefined): TemplateResult<2> {
  return svg`<g class="gizmo" data-held=${held ?? ''}>
    <circle class="ring" cx=${center.x} cy=${center.y} r=${ringRadius} />
    ${axes.map(({ name, end }) => {
      const [dx, dy] = [end.x - center.x, end.y - center.y];
      const length = Math.hypot(dx, dy) || 1;
      const [ux, uy] = [dx / length, dy / length];
      const head = [
        [end.x + ux * 11, end.y + uy * 11],
        [end.x - uy * 5.5, end.y + ux * 5.5],
        [end.x + uy * 5.5, end.y - ux * 5.5],
      ];
      const start = { x: center.x + ux * MIDDLE_RADIUS, y: center.y + uy * MIDDLE_RADIUS };
      return svg`<g class="axis ${name}">
        <line x1=${start.x} y1=${start.y} x2=${end.x} y2=${end.y} />
        <polygon points=${head.map((point) => point.join()).join(' ')} />
        <text x=${end.x + ux * 20} y=${end.y + uy * 20}>${name}</text>
      </g>`;
    })}
    <circle class="plane" cx=${center.x} cy=${center.y} r=${MIDDLE_RADIUS - 3} />
  </g>`;
}
