import type { CameraPose } from '../../protocol/presence.ts';
import type { SceneView } from '../scene/scene-view.ts';

const FLIGHT_MS = 260;

type Vector = [number, number, number];

function mix(a: Vector, b: Vector, part: number): Vector {
  return [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part, a[2] + (b[2] - a[2]) * part];
}

/** Whether the person asked their system for less movement. */
export function prefersStillness(): boolean {
  return typeof matchMedia === 'function' && matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** The point of view `part` of the way from one to the other. */
export function mixPoses(from: CameraPose, to: CameraPose, part: number): CameraPose {
  return {
    ...to,
    position: mix(from.position, to.position, part),
    target: mix(from.target, to.target, part),
    up: mix(from.up, to.up, part),
    ...(from.height === undefined || to.height === undefined
      ? {}
      : { height: from.height + (to.height - from.height) * part }),
  };
}

/** Moves a camera to where it should be, in a moment or, for those who prefer it, at once. */
export class CameraFlight {
  #request = 0;

  /** Flies to `pose`; any movement by hand ends the flight (see {@link stop}). */
  to(view: SceneView, pose: CameraPose): void {
    this.stop();
    if (prefersStillness() || document.visibilityState === 'hidden') {
      view.setCamera(pose);
      return;
    }
    const from = view.camera;
    const startMs = performance.now();
    const step = (nowMs: number): void => {
      const part = Math.min(1, Math.max(0, (nowMs - startMs) / FLIGHT_MS));
      const eased = 1 - (1 - part) ** 3;
      if (part < 1) this.#request = requestAnimationFrame(step);
      view.setCamera(part === 1 ? pose : mixPoses(from, pose, eased));
    };
    this.#request = requestAnimationFrame(step);
  }

  /** Flies to where everything, or `atoms`, fills the picture. */
  toFit(view: SceneView, atoms?: Uint32Array): void {
    const from = view.camera;
    view.fit(atoms);
    const pose = view.camera;
    view.setCamera(from);
    this.to(view, pose);
  }

  /** Looks at `point` from the same side, no farther than `distance` (angstrom). */
  toPoint(view: SceneView, point: readonly [number, number, number], distance: number): void {
    const { position, target, ...rest } = view.camera;
    const offset = position.map((value, axis) => value - target[axis]) as Vector;
    const length = Math.hypot(...offset) || 1;
    const factor = Math.min(1, distance / length);
    this.to(view, {
      ...rest,
      target: [...point],
      position: offset.map((value, axis) => point[axis] + value * factor) as Vector,
      ...(rest.height === undefined ? {} : { height: rest.height * factor }),
    });
  }

  stop(): void {
    cancelAnimationFrame(this.#request);
  }
}
