import { describe, expect, it } from 'vitest';
import { perceiveBonds } from '../../src/chem/bonds.ts';
import { arrangeFrame, possibleCopies, repeatFrame } from '../../src/components/repeat/arrange-frame.ts';
import { MoleculeKeeper } from '../../src/components/repeat/molecule-keeper.ts';
import { repeatSettings, setRepeat } from '../../src/components/repeat/scene-settings.ts';
import { frameArray } from '../../src/protocol/frames.ts';
import { drawnFrameOf } from '../../src/components/viewer/scene-frame.ts';
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

  it('[C470][C471] molecules in one piece, in the frame given untouched; with a middle, networks are wrapped', () => {
    const water = frame([9.8, 5, 5, 0.7, 5, 5, 5, 5, 5, 13, 5, 5], { numbers: Uint8Array.of(8, 1, 18, 18) });
    const keeper = new MoleculeKeeper(() => undefined);
    const given = [...water.positions];
    expect(places(arrangeFrame(water, { wrap: keeper.bondsOf(water), center: undefined }))).toEqual([
      -0.2, 5, 5, 0.7, 5, 5, 5, 5, 5, 3, 5, 5,
    ]);
    expect([...water.positions]).toEqual(given);
    // The hydrogen has gone through the other face; the same atoms, another frame.
    const next = frame([9.2, 5, 5, 10.1, 5, 5, 5, 5, 5, 13, 5, 5], { numbers: water.numbers });
    expect(places(arrangeFrame(next, { wrap: keeper.bondsOf(next), center: undefined })).slice(0, 6)).toEqual([
      9.2, 5, 5, 10.1, 5, 5,
    ]);
    const chain = frame([0, 5, 5, 1.3, 5, 5, 2.6, 5, 5, 3.9, 5, 5], { cell: CUBE.with(0, 5.2) });
    const bonds = keeper.bondsOf(chain);
    expect(places(arrangeFrame(chain, { wrap: bonds, center: undefined }))).toEqual(places(chain));
    const middle = places(arrangeFrame(chain, { wrap: bonds, center: Uint32Array.of(0) })).filter(
      (_, i) => i % 3 === 0,
    );
    expect(middle).toEqual([2.6, 3.9, 0, 1.3]);
    keeper.close();
  });

  it('[C472] what else is made of a frame, such as ribbons and trails, has its atoms where they are drawn', () => {
    const data = { positions: frameArray(Float32Array.of(-1, 5, 12), [1, 3]), numbers: frameArray(Uint8Array.of(6)) };
    const stored = { id: 'a', index: 0, version: 1, hashes: {}, data };
    const drawn = arrangeFrame(frame([-1, 5, 12]), { wrap: true, center: undefined });
    expect(drawnFrameOf(stored, drawn)).toEqual({
      ...stored,
      data: { ...data, positions: frameArray(Float32Array.of(9, 5, 2), [1, 3]) },
    });
    expect(drawnFrameOf(stored, { ...drawn, positions: data.positions.data as Float32Array })).toBe(stored);
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
    setRepeat(room, { wrap: 'molecules' });
    expect([room.state.has('scene.wrap'), room.state.get('scene.molecules')]).toEqual([false, true]);
    expect(repeatSettings(room).wrap).toBe('molecules');
    setRepeat(room, { wrap: false });
    expect([room.state.has('scene.wrap'), room.state.has('scene.molecules')]).toEqual([false, false]);
    expect(() => room.state.set('scene.copies', [2, 0, 1])).toThrow(/scene\.copies/);
  });
});
