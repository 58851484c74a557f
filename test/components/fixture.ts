import { CovalenceError, frameArray, openLocalRoom, type Frame, type FrameData, type Room } from 'covalence';
import type { CoViewer } from 'covalence/components';
import { memoryProvider, type DataProvider } from 'covalence/data';
import type { TrajectoryInfo } from '../../src/protocol/frames.ts';

/** Four atoms at the corners of a square of 4 angstrom, seen from the front. */
function squareFrame(index: number): FrameData {
  return {
    positions: frameArray(Float32Array.of(-2, -2, 0, 2, -2, 0, 2, 2, 0, -2, 2, index / 10), [4, 3]),
    numbers: frameArray(Uint8Array.of(8, 6, 7, 16)),
    forces: frameArray(Float32Array.of(0, 0, 0, 1, 0, 0, 0, 2, 0, -1, 0, 0), [4, 3]),
    charges: frameArray(Float64Array.of(-0.8, -0.2, 0.1, 0.8)),
    energy: -10 - Math.sin(index),
  };
}

/** Atoms as tests write them. */
export interface PlainAtoms {
  positions: number[];
  numbers: number[];
  names?: string[];
  residues?: number[];
  residueNames?: string[];
  cell?: number[];
  charges?: number[];
  types?: number[];
  bonds?: number[];
  orders?: number[];
}

function words(list: readonly string[]): FrameData[string] {
  const table = [...new Set(list)];
  return { dtype: '<i4', shape: [list.length], data: Int32Array.from(list, (word) => table.indexOf(word)), table };
}

function plainFrame({
  positions,
  numbers,
  names,
  residues,
  residueNames,
  cell,
  charges,
  types,
  bonds,
  orders,
}: PlainAtoms): FrameData {
  return {
    positions: frameArray(Float32Array.from(positions), [numbers.length, 3]),
    numbers: frameArray(Uint8Array.from(numbers)),
    ...(names && { 'arrays.atom_names': words(names) }),
    ...(residues && { 'arrays.residue_numbers': frameArray(Int32Array.from(residues)) }),
    ...(residueNames && { 'arrays.residue_names': words(residueNames) }),
    ...(bonds && { bonds: frameArray(Int32Array.from(bonds), [bonds.length / 2, 2]) }),
    ...(orders && { 'info.bond_orders': frameArray(Int32Array.from(orders)) }),
    ...(types && { 'arrays.types': frameArray(Int32Array.from(types)) }),
    ...(charges && { charges: frameArray(Float64Array.from(charges)) }),
    ...(cell && { cell: frameArray(Float64Array.from(cell), [3, 3]), pbc: frameArray(Uint8Array.of(1, 1, 1)) }),
  };
}

const fixture = {
  /** A room of this browser alone with these frames. */
  roomOf: (frames: readonly PlainAtoms[]): Promise<Room> =>
    openLocalRoom({
      provider: memoryProvider({ frames: frames.map(plainFrame) }),
      user: { name: 'Ada', color: '#4c78dd' },
    }),
  /** A room of this browser alone with twenty frames of four atoms. */
  room: (isNamed = true): Promise<Room> =>
    openLocalRoom({
      provider: memoryProvider({ frames: Array.from({ length: 20 }, (_, index) => squareFrame(index)) }),
      name: 'square',
      ...(isNamed ? { user: { name: 'Ada', color: '#4c78dd' } } : {}),
    }),
  /** A room of `count` frames of as many atoms as `atomsOf` says, made when they are read. */
  longRoom: (count: number, atomsOf: (index: number) => number = () => 2): Promise<Room> => {
    const frameAt = (index: number): Frame => {
      const atoms = atomsOf(index);
      const positions = Float32Array.from({ length: 3 * atoms }, (_, i) => (i % 3) * (i + (index % 100) / 100));
      return {
        id: `f${index}`,
        index,
        version: 1,
        hashes: { positions: `p${index}`, numbers: `n${atoms}` },
        data: {
          positions: frameArray(positions, [atoms, 3]),
          numbers: frameArray(new Uint8Array(atoms).fill(18)),
        },
      };
    };
    const keys = [
      { name: 'positions', dtype: '<f4', perAtom: true },
      { name: 'numbers', dtype: '|u1', perAtom: true },
    ];
    const provider: DataProvider = {
      info: () => Promise.resolve({ epoch: 'e', seq: 1, count, keys } as unknown as TrajectoryInfo),
      read: (index) =>
        index < count
          ? Promise.resolve(frameAt(index))
          : Promise.reject(new CovalenceError('frame/not-found', `There is no frame ${index}.`)),
      async *readRange(start, stop) {
        for (let index = start; index < Math.min(stop, count); index += 1) yield await Promise.resolve(frameAt(index));
      },
      scalars: () =>
        Promise.resolve<Record<string, Float64Array>>(
          count === 0 ? {} : { energy: Float64Array.from({ length: count }, (_, i) => Math.sin(i / 1000)) },
        ),
      close: () => Promise.resolve(),
    };
    return openLocalRoom({ provider, name: 'long', user: { name: 'Ada', color: '#4c78dd' } });
  },
  /** Resolves when a viewer shows a frame. */
  shown: async (viewer: CoViewer): Promise<void> => {
    await customElements.whenDefined('co-viewer');
    if (viewer.frame === undefined) {
      await new Promise((resolve) => viewer.addEventListener('co-frame-shown', resolve, { once: true }));
    }
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  },
  /** Resolves when what was written to a viewer's room is drawn: looks, selections by expression, trails, copies. */
  drawn: async (): Promise<void> => {
    // What a viewer loads when it is first asked for; on a loaded machine no fixed time would do for that.
    await Promise.all([
      import('../../src/components/looks/data-looks.ts'),
      import('../../src/components/repeat/repeated-picture.ts'),
      import('../../src/components/expression-answers.ts'),
    ]);
    for (let turn = 0; turn < 12; turn += 1) await new Promise((resolve) => setTimeout(resolve, 25));
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  },
  define: (): Promise<unknown> => import('covalence/components/define'),
};

declare global {
  // oxlint-disable-next-line no-var -- the only way to declare a global value
  var fixture: Fixture;
}

/** What pages of the tests call. */
export type Fixture = typeof fixture;

globalThis.fixture = fixture;
