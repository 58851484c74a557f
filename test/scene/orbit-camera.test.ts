import { describe, expect, it } from 'vitest';
import { OrbitCamera } from '../../src/components/scene/orbit-camera.ts';
import { dot, lengthOf, subtract } from '../../src/components/scene/vector.ts';

function camera(width = 640, height = 480): OrbitCamera {
  const made = new OrbitCamera();
  made.resize(width, height);
  made.pose = { position: [3, -40, 12], target: [1, 2, 3], up: [0, 0, 1], fov: 30 };
  return made;
}

const orthographic = { position: [3, -40, 12], target: [1, 2, 3], up: [0, 0, 1], height: 22 } as const;

describe('camera', () => {
  it('[C16] has the target in the middle, and rays that meet what they were projected from', () => {
    for (const pose of [camera().pose, { ...orthographic, position: [3, -40, 12] as [number, number, number] }]) {
      const view = camera();
      view.pose = pose as typeof view.pose;
      const middle = view.project([1, 2, 3]);
      expect(middle?.x).toBeCloseTo(320, 9);
      expect(middle?.y).toBeCloseTo(240, 9);
      const point: [number, number, number] = [4, 1, 6.5];
      const at = view.project(point);
      const { origin, direction } = view.ray(at?.x ?? 0, at?.y ?? 0);
      const offset = subtract(point, origin);
      const along = dot(offset, direction);
      expect(Math.sqrt(dot(offset, offset) - along * along)).toBeLessThan(1e-6);
    }
  });

  it('[C17] turns over the poles without a jump and keeps its distance', () => {
    const view = camera();
    const distance = view.distance;
    let previous = view.axes();
    for (let step = 0; step < 500; step += 1) {
      view.orbit(1.5, 4);
      const axes = view.axes();
      for (const k of [0, 1, 2] as const) expect(dot(axes[k], previous[k])).toBeGreaterThan(0.998);
      previous = axes;
    }
    expect(view.distance).toBeCloseTo(distance, 6);
    expect(lengthOf(subtract(view.pose.target, [1, 2, 3]))).toBeLessThan(1e-9);
  });

  it('[C18] turns half a circle for a drag over the whole height', () => {
    const view = camera();
    const before = subtract(view.pose.position, view.pose.target);
    view.orbit(480, 0);
    const after = subtract(view.pose.position, view.pose.target);
    const [, up] = view.axes();
    expect(dot(before, up)).toBeCloseTo(dot(after, up), 6);
    const across = (v: [number, number, number]): number => dot(v, v) - dot(v, up) ** 2;
    expect(dot(before, after) - dot(before, up) ** 2).toBeCloseTo(-across(before), 6);
  });

  it('[C19] zooms to the pixel under the pointer, and pans with it, at the depth of the target', () => {
    for (const pose of [camera().pose, orthographic]) {
      const view = camera();
      view.pose = pose as typeof view.pose;
      const [right, up] = view.axes();
      const point = [0, 1, 2].map((k) => view.pose.target[k] + 3 * right[k] - 2 * up[k]) as [number, number, number];
      const before = view.project(point) ?? { x: 0, y: 0 };
      view.zoom(0.4, before.x, before.y);
      const zoomed = view.project(point);
      expect(zoomed?.x).toBeCloseTo(before.x, 6);
      expect(zoomed?.y).toBeCloseTo(before.y, 6);
      view.pan(25, -10);
      const panned = view.project(point);
      expect(panned?.x).toBeCloseTo(before.x + 25, 6);
      expect(panned?.y).toBeCloseTo(before.y - 10, 6);
    }
  });

  it('[C20] gives back the pose it was given, and ignores one that makes no sense', () => {
    const view = camera();
    const kept = view.pose;
    view.pose = { ...kept, position: [Number.NaN, 0, 0] };
    view.pose = { ...kept, position: kept.target };
    expect(view.pose).toEqual(kept);
    const again = camera();
    again.pose = kept;
    expect(again.pose.position).toEqual(kept.position);
    expect(again.project([4, 4, 4])?.x).toBeCloseTo(view.project([4, 4, 4])?.x ?? 0, 9);
  });

  it('[C21] survives any zoom and an up that points along the view', () => {
    const view = camera();
    for (let i = 0; i < 200; i += 1) view.zoom(0.5);
    for (let i = 0; i < 400; i += 1) view.zoom(3);
    view.zoom(Number.NaN);
    view.zoom(-1);
    expect([...view.pose.position, view.distance].every(Number.isFinite)).toBe(true);
    view.pose = { position: [0, 0, 10], target: [0, 0, 0], up: [0, 0, 1], fov: 30 };
    expect(view.axes().every((axis) => Math.abs(lengthOf(axis) - 1) < 1e-9)).toBe(true);
  });
});
