import { frameArray, isFrameArray, type Frame, type FrameValue } from '../../protocol/frames.ts';
import type { SceneFrame } from '../scene/scene-view.ts';
import { hasPolymer, POLYMER_KEYS } from './polymer-frame.ts';

/** Keys a picture needs. */
export const DRAWN_KEYS: readonly string[] = [
  'positions',
  'numbers',
  'cell',
  'info.cell_origin',
  'pbc',
  'bonds',
  'info.bond_orders',
  'info.links',
  ...POLYMER_KEYS,
];

function array<T>(value: FrameValue | undefined, Type: new (length: number) => T): T | undefined {
  return isFrameArray(value) && value.data instanceof Type ? value.data : undefined;
}

/** Atoms of a frame. */
export function atomCountOf(frame: Frame): number {
  const { positions, numbers } = frame.data;
  if (isFrameArray(positions)) return positions.shape[0] ?? 0;
  return isFrameArray(numbers) ? (numbers.shape[0] ?? 0) : 0;
}

/** A frame as the scene takes it: references to its arrays, no copies. Undefined when it has no positions. */
export function sceneFrameOf(frame: Frame): SceneFrame | undefined {
  const { data } = frame;
  const positions = array(data.positions, Float32Array) ?? array(data.positions, Float64Array);
  if (positions === undefined) return undefined;
  const atomCount = Math.floor(positions.length / 3);
  const numbers = array(data.numbers, Uint8Array);
  return {
    atomCount,
    positions,
    numbers: numbers?.length === atomCount ? numbers : new Uint8Array(atomCount),
    cell: array(data.cell, Float64Array),
    pbc: array(data.pbc, Uint8Array),
    bonds: array(data.bonds, Int32Array),
    bondOrders: array(data['info.bond_orders'], Int32Array),
    links: array(data['info.links'], Int32Array),
    cellOrigin: array(data['info.cell_origin'], Float64Array),
    isPolymer: hasPolymer(frame),
  };
}

/** A frame whose positions are those at which a scene draws its atoms: at other images of a cell that repeats. */
export function drawnFrameOf(frame: Frame, drawn: SceneFrame | undefined): Frame {
  const { positions } = frame.data;
  if (drawn === undefined || !isFrameArray(positions) || positions.data === drawn.positions) return frame;
  return { ...frame, data: { ...frame.data, positions: frameArray(drawn.positions, positions.shape) } };
}
