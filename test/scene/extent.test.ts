import { describe, expect, it } from 'vitest';
import { AtomTable } from '../../src/components/scene/atom-table.ts';
import { cellCorners, fitCamera } from '../../src/components/scene/extent.ts';
import { OrbitCamera } from '../../src/components/scene/orbit-camera.ts';

/** Distance of the camera after fitting eight atoms at the corners of a cube of `edge` in a cubic cell of `cellEdge`. */
function fittedDistance(edge: number, cellEdge: number): number {
  const positions = Float32Array.from({ length: 24 }, (_, at) => ((at / 3) >> (at % 3)) & 1 && edge);
  const cell = Float64Array.of(cellEdge, 0, 0, 0, cellEdge, 0, 0, 0, cellEdge);
  const frame = { atomCount: 8, positions, numbers: new Uint8Array(8).fill(6), cell };
  const atoms = new AtomTable();
  atoms.setFrame(frame);
  const camera = new OrbitCamera();
  camera.resize(400, 300);
  fitCamera(camera, atoms, cellCorners(frame), undefined);
  const { position, target } = camera.pose;
  return Math.hypot(...position.map((at, axis) => at - target[axis]));
}

describe('the first view', () => {
  it('[C410] shows the whole cell, unless the atoms would be a speck in it: then it shows the atoms', () => {
    const filled = fittedDistance(28, 30);
    const sparse = fittedDistance(8, 100);
    expect(sparse).toBeLessThan(filled);
    // The same atoms in a cell twice as large: it is the atoms that are shown.
    expect(fittedDistance(8, 200)).toBeCloseTo(sparse, 6);
    // Atoms that fill a good part of the cell do not lose it.
    expect(fittedDistance(60, 100)).toBeGreaterThan(3 * filled);
  });
});
