import { frameArray, openLocalRoom, type FrameData, type Room } from 'covalence';
import type { CoViewer } from 'covalence/components';
import { memoryProvider } from 'covalence/data';

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
}

function words(list: readonly string[]): FrameData[string] {
  const table = [...new Set(list)];
  return { dtype: '<i4', shape: [list.length], data: Int32Array.from(list, (word) => table.indexOf(word)), table };
}

function plainFrame({ positions, numbers, names, residues, residueNames, cell }: PlainAtoms): FrameData {
  return {
    positions: frameArray(Float32Array.from(positions), [numbers.length, 3]),
    numbers: frameArray(Uint8Array.from(numbers)),
    ...(names && { 'arrays.atom_names': words(names) }),
    ...(residues && { 'arrays.residue_numbers': frameArray(Int32Array.from(residues)) }),
    ...(residueNames && { 'arrays.residue_names': words(residueNames) }),
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
  /** Resolves when a viewer shows a frame. */
  shown: async (viewer: CoViewer): Promise<void> => {
    await customElements.whenDefined('co-viewer');
    if (viewer.frame === undefined) {
      await new Promise((resolve) => viewer.addEventListener('co-frame-shown', resolve, { once: true }));
    }
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
