import { describe, expect, it } from 'vitest';
import { perceiveBonds } from '../../src/chem/bonds.ts';
import { arrangeFrame, possibleCopies, repeatFrame } from '../../src/components/repeat/arrange-frame.ts';
import { repeatSettings, setRepeat } from '../../src/components/repeat/scene-settings.ts';
import type { SceneFrame } from '../../src/components/scene/scene-view.ts';
import { sampleRoom } from './sample-room.ts';

const CUBE = Float64Array.of(10, 0, 0, 0, 10, 0, 0, 0, 10);
const frame = (positions: number[], more: Partial<SceneFrame> = {}): SceneFrame => ({
  atomCount: positions.length / 3,
  positions: Float64Array.from(positions),
  numbers: new Uint8Array(positions.length / 3).fill(6),
  cell: CUBE,
  pbc: Uint8Array.of(1, 1, 1),
  ...more,
});
const places = ({ positions }: SceneFrame): number[] => [...positions].map((value) => Number(value.toFixed(4)));

/** Diamond's cubic cell. */
function diamond(): SceneFrame {
  const corners = [
    [0, 0, 0],
    [0, 2, 2],
    [2, 0, 2],
    [2, 2, 0],
  ];
  const sites = corners.flatMap(([x, y, z]) => [
    [x, y, z],
    [x + 1, y + 1, z + 1],
  ]);
  const edge = 3.567;
  return frame(
    sites.flat().map((quarter) => (quarter * edge) / 4),
    { cell: CUBE.map((value) => (value / 10) * edge) },
  );
}

describe('a cell as it is drawn', () => {
  it('[C340] wrapped, every atom is at its image inside the cell, counted from the corner of the cell', () => {
    expect(places(arrangeFrame(frame([-1, 5, 12]), { wrap: true, center: undefined }))).toEqual([9, 5, 2]);
    const shifted = frame([-1, 5, 12], { cellOrigin: Float64Array.of(-5, -5, -5) });
    expect(places(arrangeFrame(shifted, { wrap: true, center: undefined }))).toEqual([-1, -5, 2]);
    const slab = frame([-1, 5, 12], { pbc: Uint8Array.of(1, 1, 0) });
    expect(places(arrangeFrame(slab, { wrap: true, center: undefined }))).toEqual([9, 5, 12]);
  });

  it('[C340] atoms chosen for the middle are there as one piece, also when they lie on two sides of a face', () => {
    const molecule = frame([9.5, 1, 1, 0.5, 1, 1, 5, 5, 5]);
    const drawn = arrangeFrame(molecule, { wrap: true, center: Uint32Array.of(0, 1) });
    expect(places(drawn)).toEqual([4.5, 5, 5, 5.5, 5, 5, 0, 9, 9]);
    expect(places(arrangeFrame(frame([1, 1, 1, 3, 1, 1]), { wrap: false, center: 'all' }))).toEqual([4, 5, 5, 6, 5, 5]);
  });

  it('[C340] the frame given is untouched, and one that repeats nowhere is given back', () => {
    const given = frame([-1, 5, 12]);
    arrangeFrame(given, { wrap: true, center: 'all' });
    expect([...given.positions]).toEqual([-1, 5, 12]);
    const open = frame([-1, 5, 12], { pbc: Uint8Array.of(0, 0, 0) });
    expect(arrangeFrame(open, { wrap: true, center: 'all' })).toBe(open);
  });

  it('[C341] copies are bonded with each other across the faces between them: diamond keeps four bonds an atom', () => {
    const once = perceiveBonds(diamond()).count;
    const drawn = repeatFrame(diamond(), [2, 1, 3]);
    expect([drawn.atomCount, perceiveBonds(drawn).count]).toEqual([48, once * 6]);
    const isolated = perceiveBonds({ ...drawn, pbc: Uint8Array.of(0, 0, 0) }).count;
    expect(isolated).toBeGreaterThan(perceiveBonds({ ...diamond(), pbc: Uint8Array.of(0, 0, 0) }).count * 6);
  });

  it('[C341] given bonds go on from copy to copy where they go through a face', () => {
    const chain = frame([1, 0, 0, 9, 0, 0, 5, 0, 0], { bonds: Int32Array.of(0, 1, 1, 2) });
    const bonds = [...(repeatFrame(chain, [2, 1, 1]).bonds ?? [])];
    // Atom 1 of a copy is the neighbour of atom 0 of the next one.
    expect(bonds).toEqual([0, 4, 3, 1, 1, 2, 4, 5]);
    const drawn = repeatFrame(chain, [2, 1, 1]);
    expect(places(drawn).filter((_, i) => i % 3 === 0)).toEqual([1, 9, 5, 11, 19, 15]);
    expect([...(drawn.cell ?? [])]).toEqual([20, 0, 0, 0, 10, 0, 0, 0, 10]);
  });

  it('[C341] only vectors that repeat are copied along, and never more than two million atoms are drawn', () => {
    const slab = frame([1, 1, 1], { pbc: Uint8Array.of(1, 0, 1) });
    expect(possibleCopies(slab, [2, 3, 4])).toEqual([2, 1, 4]);
    expect(possibleCopies({ ...slab, atomCount: 300_000 }, [2, 1, 4])).toEqual([1, 1, 1]);
    expect(possibleCopies(frame([1, 1, 1], { cell: undefined }), [2, 2, 2])).toEqual([1, 1, 1]);
    expect(possibleCopies(undefined, [2, 2, 2])).toEqual([1, 1, 1]);
  });

  it('[C342] the settings are shared `scene.*` values, part of undo, absent where they say nothing', async () => {
    await using room = await sampleRoom();
    setRepeat(room, { wrap: true, center: 'all', copies: [2, 1, 1] });
    expect(repeatSettings(room)).toEqual({ wrap: true, center: 'all', copies: [2, 1, 1] });
    expect(room.state.get('scene.copies')).toEqual([2, 1, 1]);
    await room.undo();
    expect(repeatSettings(room)).toEqual({ wrap: false, center: undefined, copies: [1, 1, 1] });
    setRepeat(room, { wrap: true });
    setRepeat(room, { wrap: false });
    expect(room.state.has('scene.wrap')).toBe(false);
    expect(() => room.state.set('scene.copies', [2, 0, 1])).toThrow(/scene\.copies/);
  });
});
