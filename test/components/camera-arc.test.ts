import { describe, expect, it } from 'vitest';
import { arcBetween } from '../../src/components/views/camera-arc.ts';
import { ViewFlight } from '../../src/components/views/view-flight.ts';
import type { CameraPose } from '../../src/protocol/presence.ts';

const front: CameraPose = { position: [0, 0, 10], target: [0, 0, 0], up: [0, 1, 0], fov: 30 };
const distance = ({ position, target }: CameraPose) => Math.hypot(...position.map((x, i) => x - target[i]));
const steps = Array.from({ length: 101 }, (_, i) => i / 100);

describe('a flight to a saved view', () => {
  it('[C234] turns around what is looked at, evenly, from any side to any other', () => {
    const others: CameraPose[] = [
      { ...front, position: [0, 0, -10] },
      { ...front, position: [0, 0.05, -10] },
      { ...front, position: [0, 20, 0.1], up: [0, 0, -1] },
      { ...front, position: [-7, 3, 2], target: [1, 0, 0], up: [0.2, 1, 0] },
      { ...front, up: [0, -1, 0] },
      { ...front, position: [0.001, 0, 10] },
    ];
    for (const to of others) {
      const nearest = Math.min(distance(front), distance(to));
      let before = front;
      for (const part of steps) {
        const pose = arcBetween(front, to, part);
        expect(distance(pose)).toBeGreaterThan(nearest - 1e-6);
        const moved = Math.hypot(...pose.position.map((x, i) => x - before.position[i]));
        expect(moved).toBeLessThan(0.06 * Math.max(distance(front), distance(to)));
        before = pose;
      }
      expect(arcBetween(front, to, 0).position.map((x) => Math.round(x * 1e6))).toEqual([0, 0, 10e6]);
      expect(arcBetween(front, to, 1)).toEqual(to);
    }
  });

  it('[C234] comes nearer by an even factor, and a point of view that looks nowhere is shown at once', () => {
    const near: CameraPose = { position: [0, 0, 0.1], target: [0, 0, 0], up: [0, 1, 0], height: 1 };
    expect(distance(arcBetween({ ...front, height: 100 }, near, 0.5))).toBeCloseTo(1, 9);
    expect(arcBetween({ ...front, height: 100 }, near, 0.5).height).toBeCloseTo(10, 9);
    const nowhere: CameraPose = { ...front, position: [0, 0, 0] };
    expect(arcBetween(front, nowhere, 0.3)).toBe(nowhere);
    expect(arcBetween(nowhere, front, 0.3)).toBe(front);
  });

  it('[C234] ends where it should, or where a hand took over; without movement it is there at once', () => {
    let pending: ((nowMs: number) => void)[] = [];
    const globals = globalThis as Record<string, unknown>;
    const kept = { ...globals };
    let prefersLess = false;
    Object.assign(globals, {
      requestAnimationFrame: (step: (nowMs: number) => void) => pending.push(step),
      cancelAnimationFrame: () => (pending = []),
      matchMedia: () => ({ matches: prefersLess }),
      document: { visibilityState: 'visible' },
    });
    try {
      const view = {
        camera: front,
        setCamera(pose: CameraPose) {
          this.camera = pose;
        },
      };
      const frame = (nowMs: number) => pending.splice(0).forEach((step) => step(nowMs));
      const side: CameraPose = { ...front, position: [10, 0, 0] };
      const flight = new ViewFlight();
      flight.to(view, side);
      for (const nowMs of [1000, 1300, 1900]) frame(nowMs);
      expect(view.camera).toEqual(side);
      expect(pending).toEqual([]);
      flight.to(view, front);
      for (const nowMs of [2000, 2200]) frame(nowMs);
      expect(view.camera).not.toEqual(side);
      const byHand: CameraPose = { ...front, position: [0, 10, 0], up: [0, 0, -1] };
      view.setCamera(byHand);
      for (const nowMs of [2400, 2900]) frame(nowMs);
      expect(view.camera).toEqual(byHand);
      prefersLess = true;
      flight.to(view, side);
      expect(view.camera).toEqual(side);
    } finally {
      for (const name of ['requestAnimationFrame', 'cancelAnimationFrame', 'matchMedia', 'document']) {
        if (name in kept) globals[name] = kept[name];
        else delete globals[name];
      }
    }
  });
});
