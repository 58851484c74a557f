import { LIMITS } from '../../../protocol/limits.ts';
import { ByteProblem } from '../binary/byte-problem.ts';
import type { ByteSource } from '../format.ts';
import { dcdLayout, type DcdLayout, readRecord } from './dcd-record.ts';

/** What the beginning of a DCD file says. */
export interface DcdHeader {
  layout: DcdLayout;
  /** `CORD` for positions, `VELD` for velocities. */
  kind: 'CORD' | 'VELD';
  /** Frames as the header says; after a killed run it is wrong. */
  announced: number;
  atomCount: number;
  /** Indices of the atoms that later frames hold; undefined when all move. */
  free: Uint32Array | undefined;
  hasCell: boolean;
  has4D: boolean;
  /** 0 for X-PLOR. */
  charmmVersion: number;
  firstStep: number;
  stepsPerFrame: number;
  /** ps a step; 0 when the file does not say. */
  timeStep: number;
  title: string;
  /** Where the first frame begins. */
  byteLength: number;
}

/** ps in the unit of time of CHARMM. */
const AKMA_TIME = 0.048_888_21;

/** Reads the header; throws ByteProblem. */
export async function readDcdHeader(source: ByteSource, signal?: AbortSignal): Promise<DcdHeader> {
  const layout = dcdLayout(await source.read(0, 12, signal));
  const { isLittle } = layout;
  const main = await readRecord(source, layout, 0, 84, signal);
  const view = main.view;
  const integer = (index: number): number => view.getInt32(4 + 4 * index, isLittle);
  const kind = String.fromCharCode(...main.bytes.subarray(0, 4));
  if (kind !== 'CORD' && kind !== 'VELD') {
    throw new ByteProblem(layout.marker, 'expected CORD or VELD at the beginning of a DCD file');
  }
  const charmmVersion = integer(19);
  const isCharmm = charmmVersion !== 0;
  const delta = isCharmm ? view.getFloat32(40, isLittle) : view.getFloat64(40, isLittle);
  const titles = await readRecord(source, layout, main.end, undefined, signal);
  const counts = await readRecord(source, layout, titles.end, 4, signal);
  const atomCount = counts.view.getInt32(0, isLittle);
  if (atomCount < 1 || atomCount > LIMITS.atomsPerFrame) {
    throw new ByteProblem(
      titles.end + layout.marker,
      `the file says it has ${atomCount} atoms; there must be 1 to ${LIMITS.atomsPerFrame}`,
    );
  }
  const fixedCount = integer(8);
  if (fixedCount < 0 || fixedCount > atomCount) {
    throw new ByteProblem(layout.marker + 36, `${fixedCount} of ${atomCount} atoms are said to be fixed`);
  }
  const header = {
    layout,
    kind,
    announced: integer(0),
    atomCount,
    hasCell: isCharmm && integer(10) !== 0,
    has4D: isCharmm && integer(11) === 1,
    charmmVersion,
    firstStep: integer(1),
    stepsPerFrame: integer(2),
    timeStep: Number.isFinite(delta) && delta > 1e-30 ? delta * AKMA_TIME : 0,
    title: titleOf(titles.bytes),
  } as const;
  if (fixedCount === 0) return { ...header, free: undefined, byteLength: counts.end };
  const list = await readRecord(source, layout, counts.end, 4 * (atomCount - fixedCount), signal);
  return { ...header, free: freeAtoms(list.view, header, counts.end), byteLength: list.end };
}

/** Indices from 0, of a list from 1. */
function freeAtoms(
  view: DataView,
  { atomCount, layout }: Pick<DcdHeader, 'atomCount' | 'layout'>,
  offset: number,
): Uint32Array {
  const free = new Uint32Array(view.byteLength / 4);
  for (let k = 0; k < free.length; k += 1) {
    const atom = view.getInt32(4 * k, layout.isLittle);
    if (atom < 1 || atom > atomCount) {
      throw new ByteProblem(offset + layout.marker + 4 * k, `atom ${atom} of ${atomCount} is said to move`);
    }
    free[k] = atom - 1;
  }
  return free;
}

/** Lines of 80 characters after their number, without what is not printable. */
function titleOf(bytes: Uint8Array): string {
  const text = String.fromCharCode(...bytes.subarray(4, 4 + 80 * 32));
  const lines = text.match(/[^]{1,80}/g) ?? [];
  return lines
    .map((line) => line.replaceAll(/[^ -~]/g, ' ').trimEnd())
    .filter((line) => line.trim() !== '')
    .join('\n');
}
