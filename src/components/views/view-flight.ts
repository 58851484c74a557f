import type { CameraPose } from '../../protocol/presence.ts';
import { prefersStillness } from '../viewer/camera-flight.ts';
import type { SharedView } from '../viewer/camera-sharing.ts';
import { arcBetween } from './camera-arc.ts';

const FLIGHT_MS = 600;

function isSame(a: CameraPose | undefined, b: CameraPose | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const numbers = (pose: CameraPose): number[] => [...pose.position, ...pose.target, ...pose.up, pose.height ?? 0];
  const others = numbers(b);
  return numbers(a).every((value, i) => Math.abs(value - others[i]) < 1e-6 * (1 + Math.abs(value)));
}

/** Flies around what is seen to a point of view; whatever else moves the camera ends the flight. */
export class ViewFlight {
  #request = 0;

  to(view: Pick<SharedView, 'camera' | 'setCamera'>, pose: CameraPose): void {
    this.stop();
    const from = view.camera;
    if (from === undefined || prefersStillness() || document.visibilityState === 'hidden') {
      view.setCamera(pose);
      return;
    }
    let startMs: number | undefined;
    let left: CameraPose | undefined = from;
    const step = (nowMs: number): void => {
      if (!isSame(view.camera, left)) return;
      startMs ??= nowMs;
      const part = Math.min(1, (nowMs - startMs) / FLIGHT_MS);
      view.setCamera(arcBetween(from, pose, part * part * (3 - 2 * part)));
      left = view.camera;
      if (part < 1) this.#request = requestAnimationFrame(step);
    };
    this.#request = requestAnimationFrame(step);
  }

  stop(): void {
    cancelAnimationFrame(this.#request);
  }
}
