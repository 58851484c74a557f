import { describe, expect, it } from 'vitest';
import { AtomTable } from '../../src/components/scene/atom-table.ts';
import { cellCorners, fitCamera } from '../../src/components/scene/extent.ts';
import { OrbitCamera } from '../../src/components/scene/orbit-camera.ts';
import { pickAtom, pickInRectangle, projectAtom } from '../../src/components/scene/picking.ts';
import type { SceneFrame } from '../../src/components/scene/scene-view.ts';
import { randomStream } from '../chem/brute-force.ts';

function frameOf(
  positions: number[],
  numbers: number[] = positions.slice(0, positions.length / 3).map(() => 6),
): SceneFrame {
  return { atomCount: numbers.length, positions: Float32Array.from(positions), numbers: Uint8Array.from(numbers) };
}

function tableOf(frame: SceneFrame): AtomTable {
  const atoms = new AtomTable();
  atoms.setFrame(frame);
  return atoms;
}

function cameraAt(position: [number, number, number], target: [number, number, number] = [0, 0, 0]): OrbitCamera {
  const camera = new OrbitCamera();
  camera.resize(400, 300);
  camera.pose = { position, target, up: [0, 1, 0], fov: 30 };
  return camera;
}

describe('picking', () => {
  const three = frameOf([0, 0, 0, 0, 0, 3, 2, 0, 0]);

  it('[C22] takes the nearest atom under the pixel and says where the ray meets it', () => {
    const pick = pickAtom(tableOf(three), cameraAt([0, 0, 20]), 200, 150);
    expect(pick?.atom).toBe(1);
    expect(pick?.point[0]).toBeCloseTo(0, 6);
    expect(pick?.point[2]).toBeCloseTo(3 + 0.27 * 1.7, 5);
    expect(pickAtom(tableOf(three), cameraAt([0, 0, -20]), 200, 150)?.atom).toBe(0);
    expect(pickAtom(tableOf(three), cameraAt([0, 0, 20]), 5, 5)).toBeUndefined();
  });

  it('[C23] passes through hidden atoms and honours the radius an atom is drawn with', () => {
    const atoms = tableOf(three);
    const camera = cameraAt([0, 0, 20]);
    atoms.setStyles([{ render: 'ball and stick' }, { atoms: Uint32Array.of(1), hide: true }]);
    expect(pickAtom(atoms, camera, 200, 150)?.atom).toBe(0);
    const beside = projectAtom(atoms, camera, 2);
    const aside = (beside?.x ?? 0) + 30;
    expect(pickAtom(atoms, camera, aside, 150)).toBeUndefined();
    atoms.setStyles([{ render: 'spheres' }]);
    expect(pickAtom(atoms, camera, aside, 150)?.atom).toBe(2);
    atoms.setStyles([{ render: 'spheres' }, { render: 'spheres', atoms: Uint32Array.of(2), scale: 0.3 }]);
    expect(pickAtom(atoms, camera, aside, 150)).toBeUndefined();
  });

  it('[C24] agrees with a search of every sphere from every pixel, seeded', () => {
    const seed = 99;
    const random = randomStream(seed);
    const n = 300;
    const frame = frameOf(Array.from({ length: 3 * n }, () => (random() - 0.5) * 12));
    const atoms = tableOf(frame);
    const camera = cameraAt([3, 4, 30]);
    let hits = 0;
    for (let round = 0; round < 400; round += 1) {
      const [x, y] = [random() * 400, random() * 300];
      const { origin, direction } = camera.ray(x, y);
      let best: { atom: number; distance: number } | undefined;
      for (let atom = 0; atom < n; atom += 1) {
        // The quadratic in the ray's parameter, solved the schoolbook way.
        const o = [0, 1, 2].map((k) => origin[k] - frame.positions[3 * atom + k]);
        const b = 2 * (o[0] * direction[0] + o[1] * direction[1] + o[2] * direction[2]);
        const c = o[0] ** 2 + o[1] ** 2 + o[2] ** 2 - (0.27 * 1.7) ** 2;
        const inside = b * b - 4 * c;
        if (inside < 0) continue;
        const distance = (-b - Math.sqrt(inside)) / 2;
        if (!best || distance < best.distance) best = { atom, distance };
      }
      expect(pickAtom(atoms, camera, x, y)?.atom, `seed ${seed}, round ${round}`).toBe(best?.atom);
      if (best) hits += 1;
    }
    expect(hits).toBeGreaterThan(50);
  });

  it('[C25] takes visible atoms with their centres in a rectangle, whichever corner comes first', () => {
    const atoms = tableOf(three);
    const camera = cameraAt([0, 0, 20]);
    expect([...pickInRectangle(atoms, camera, [150, 100, 215, 200])]).toEqual([0, 1]);
    expect([...pickInRectangle(atoms, camera, [400, 300, 0, 0])]).toEqual([0, 1, 2]);
    atoms.setStyles([{ atoms: Uint32Array.of(0), hide: true }]);
    expect([...pickInRectangle(atoms, camera, [0, 0, 400, 300])]).toEqual([1, 2]);
  });

  it('[C26] ignores atoms behind the camera and atoms without a position', () => {
    const atoms = tableOf(frameOf([0, 0, 40, Number.NaN, 0, 0, 0, 0, 0]));
    const camera = cameraAt([0, 0, 20]);
    expect(pickAtom(atoms, camera, 200, 150)?.atom).toBe(2);
    expect([...pickInRectangle(atoms, camera, [0, 0, 400, 300])]).toEqual([2]);
    expect(projectAtom(atoms, camera, 7)).toBeUndefined();
    expect(projectAtom(atoms, camera, -1)).toBeUndefined();
  });
});

describe('fitting', () => {
  it('[C27] brings every sphere and corner into the picture from any side, leaving little free, in any shape of canvas', () => {
    const random = randomStream(5);
    for (const [width, height] of [
      [400, 300],
      [900, 200],
      [200, 700],
    ]) {
      const frame = frameOf(Array.from({ length: 90 }, (_, i) => random() * (i % 3 === 0 ? 60 : 12)));
      frame.cell = Float64Array.of(60, 0, 0, 4, 12, 0, 0, 0, 12);
      const atoms = tableOf(frame);
      const corners = cellCorners(frame);
      const camera = cameraAt([random(), 20, 10 + random()]);
      camera.resize(width, height);
      fitCamera(camera, atoms, corners, undefined);
      let fill = 0;
      const points = [
        ...corners,
        ...Array.from({ length: 30 }, (_, i) => [...frame.positions.subarray(3 * i, 3 * i + 3)]),
      ];
      for (const point of points) {
        const at = camera.project(point as [number, number, number]);
        expect(at?.x).toBeGreaterThan(0);
        expect(at?.x).toBeLessThan(width);
        expect(at?.y).toBeGreaterThan(0);
        expect(at?.y).toBeLessThan(height);
        fill = Math.max(fill, Math.abs(((at?.x ?? 0) / width) * 2 - 1), Math.abs(((at?.y ?? 0) / height) * 2 - 1));
      }
      expect(fill).toBeGreaterThan(0.75);
    }
  });

  it('[C28] shows chosen atoms with their surroundings, and stays where it is when there is nothing to show', () => {
    const atoms = tableOf(frameOf([0, 0, 0, 50, 0, 0]));
    const camera = cameraAt([0, 0, 200]);
    fitCamera(camera, atoms, [], Uint32Array.of(1));
    expect(camera.pose.target[0]).toBeCloseTo(50, 6);
    expect(camera.distance).toBeLessThan(20);
    const kept = camera.pose;
    fitCamera(camera, tableOf(frameOf([])), [], undefined);
    expect(camera.pose).toEqual(kept);
  });
});
