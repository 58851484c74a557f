import { CovalenceError } from '../protocol/errors.ts';
import { type Frame, type FrameData, type NumericArray, frameArray } from '../protocol/frames.ts';
import { assertRange, frameKeyInfos, frameNotFound, hashData, isFrameIndex } from './frame-facts.ts';
import { emptyRecord, normaliseFrameKeys } from './frame-key.ts';
import { ENERGY_OBSERVABLES, ENERGY_UNITS, H5MD_ELEMENTS, LENGTH_UNITS, TIME_UNITS } from './h5md-names.ts';
import { type Hasher, hashBytes } from './hash.ts';
import type { DataProvider } from './provider.ts';
import { type ZarrNode, type ZarrNodes, type ZarrStore, zarrNodes } from './zarr-node.ts';

/** How {@link zarrProvider} reads. */
export interface ZarrProviderOptions {
  /** Group below `particles`; default `all`, else the first that has positions. */
  group?: string;
  fetch?: typeof fetch;
  hasher?: Hasher;
}

/** One value of a frame: where it lies and how it becomes ours. */
interface Column {
  node: ZarrNode;
  /** True when every frame has its own row. */
  isPerFrame: boolean;
  isPerAtom: boolean;
  factor: number;
}

/**
 * Plays a Zarr store in H5MD names (ZarrMD, or the export of a room) from any web server, or from anything with a `get`.
 * Values come in our units; a unit we do not know is refused with `file/damaged`. Rejects with `file/unknown-format`
 * when there are no particle positions, and reads with `frame/corrupt` when positions were lost.
 */
export async function zarrProvider(
  store: ZarrStore | string | URL,
  options: ZarrProviderOptions = {},
): Promise<DataProvider> {
  const nodes = await zarrNodes(store, options.fetch === undefined ? {} : { fetch: options.fetch });
  const hasher = options.hasher ?? hashBytes;
  const candidates = options.group === undefined ? groupsOf(nodes.paths) : [options.group];
  let [group] = candidates;
  let positions: ZarrNode | undefined;
  for (const candidate of candidates) {
    positions = await nodes.array(`particles/${candidate}/position/value`);
    if (positions !== undefined) group = candidate;
    if (positions !== undefined) break;
  }
  if (positions?.shape.length !== 3) {
    const message = `There are no positions at particles/${group}/position/value. Name the group of particles, or export the store in H5MD names.`;
    throw new CovalenceError('file/unknown-format', message, { group });
  }
  const [count, capacity] = positions.shape;
  const columns = await columnsOf(nodes, group, count, capacity);
  const atomCounts = await (await nodes.array(`particles/${group}/n_atoms`))?.read();
  const pbc = await boundaryOf(nodes, group);

  const valueOf = async (key: string, index: number, signal: AbortSignal | undefined): Promise<FrameData[string]> => {
    if (key === 'pbc') return frameArray(pbc ?? new Uint8Array(3));
    const { node, isPerFrame, isPerAtom, factor } = columns[key];
    const atomCount = atomCounts?.[index] ?? capacity;
    const raw = await node.read(isPerFrame ? index : undefined, signal);
    const shape = node.shape.slice(isPerFrame ? 1 : 0);
    if (!isPerAtom && shape.length === 0) return raw[0] * factor;
    if (key === 'cell') return cellOf(raw, factor);
    const width = shape.slice(1).reduce((product, length) => product * length, 1);
    const data = ours(key, isPerAtom ? raw.slice(0, atomCount * width) : raw, factor);
    // A chunk that is not there is read as its fill value, which is NaN for what is padded.
    if (key === 'positions' && data.some(Number.isNaN)) {
      const message = `Positions of frame ${index} are missing from ${node.path}. The store has lost a chunk, or was not written to its end.`;
      throw new CovalenceError('frame/corrupt', message, { index, key, path: node.path });
    }
    return frameArray(data, isPerAtom ? [atomCount, ...shape.slice(1)] : shape);
  };
  const names = [...Object.keys(columns), ...(pbc === undefined ? [] : ['pbc'])];
  const read: DataProvider['read'] = async (index, { data: asked, signal } = {}) => {
    signal?.throwIfAborted();
    if (!isFrameIndex(index, count)) throw frameNotFound(index, count);
    const keys = (normaliseFrameKeys(asked) ?? names).filter((key) => names.includes(key));
    const values = await Promise.all(keys.map((key) => valueOf(key, index, signal)));
    const data = emptyRecord<FrameData[string]>();
    for (const [i, key] of keys.entries()) data[key] = values[i];
    const hashes = await hashData(data, hasher);
    signal?.throwIfAborted();
    return { id: `f${index}`, index, version: 1, hashes, data } satisfies Frame;
  };

  return {
    read,
    async info({ signal } = {}) {
      signal?.throwIfAborted();
      const keys = count === 0 ? [] : frameKeyInfos((await read(0, signal === undefined ? {} : { signal })).data);
      return { epoch: 'zarr', seq: 0, count, keys };
    },
    async *readRange(start, stop, how = {}) {
      assertRange(start, stop);
      for (let index = start; index < Math.min(stop, count); index += 1) yield await read(index, how);
    },
    async scalars(keys, { signal } = {}) {
      signal?.throwIfAborted();
      const isScalar = (key: string): boolean => columns[key].isPerFrame && columns[key].node.shape.length === 1;
      const scalars = emptyRecord<Float64Array>();
      for (const key of normaliseFrameKeys(keys) ?? Object.keys(columns).filter(isScalar)) {
        if (!Object.hasOwn(columns, key) || !isScalar(key)) scalars[key] = new Float64Array(count).fill(Number.NaN);
        else
          scalars[key] = Float64Array.from(
            await columns[key].node.read(undefined, signal),
            (value) => value * columns[key].factor,
          );
      }
      return scalars;
    },
    close: async () => undefined,
  };
}

/** Groups below `particles` where positions may be, the likeliest first. */
function groupsOf(paths: readonly string[] | undefined): string[] {
  // A store that does not list what it has is asked for the names that programs give.
  if (paths === undefined) return ['all', 'trajectory', 'atoms', 'system'];
  const groups = new Set(paths.flatMap((path) => /^\/particles\/([^/]+)\/position\//.exec(path)?.[1] ?? []));
  return groups.has('all') || groups.size === 0 ? ['all'] : [...groups];
}

async function columnsOf(
  nodes: ZarrNodes,
  group: string,
  count: number,
  capacity: number,
): Promise<Record<string, Column>> {
  const columns = emptyRecord<Column>();
  const base = `particles/${group}`;
  await Promise.all(
    H5MD_ELEMENTS.map(async ({ element, key, units }) => {
      const moving = await nodes.array(`${base}/${element}/value`);
      const node = moving ?? (await nodes.array(`${base}/${element}`));
      if (node === undefined) return;
      const isPerFrame = moving !== undefined && node.shape[0] === count;
      if (node.shape[isPerFrame ? 1 : 0] !== capacity) return;
      columns[key] = { node, isPerFrame, isPerAtom: true, factor: factorOf(node, units) };
    }),
  );
  const edges = (await nodes.array(`${base}/box/edges/value`)) ?? (await nodes.array(`${base}/box/edges`));
  if (edges !== undefined) {
    const isPerFrame = edges.shape[0] === count && edges.path.endsWith('/value');
    columns['cell'] = { node: edges, isPerFrame, isPerAtom: false, factor: factorOf(edges, LENGTH_UNITS) };
  }
  for (const [key, units] of [
    ['time', TIME_UNITS],
    ['step', {}],
  ] as const) {
    const node = await nodes.array(`${base}/position/${key}`);
    if (node?.shape.length === 1 && node.shape[0] === count) {
      columns[key] = { node, isPerFrame: true, isPerAtom: false, factor: factorOf(node, units) };
    }
  }
  const observables = nodes.paths?.flatMap((path) => /^\/observables\/([^/]+)\/value$/.exec(path)?.[1] ?? []) ?? [
    ...ENERGY_OBSERVABLES,
  ];
  for (const name of observables) {
    const node = await nodes.array(`observables/${name}/value`);
    if (node?.shape.length !== 1 || node.shape[0] !== count) continue;
    const isEnergy = ENERGY_OBSERVABLES.has(name) && !('energy' in columns);
    const factor = isEnergy ? factorOf(node, ENERGY_UNITS) : 1;
    columns[isEnergy ? 'energy' : `info.${name}`] = { node, isPerFrame: true, isPerAtom: false, factor };
  }
  return columns;
}

function factorOf(node: ZarrNode, units: Readonly<Record<string, number>>): number {
  if (node.unit === undefined || node.unit === '') return 1;
  if (Object.hasOwn(units, node.unit)) return units[node.unit];
  const known = Object.keys(units).slice(0, 12).join(', ') || 'none';
  const message = `${node.path} is measured in "${node.unit}", which we cannot convert; known here: ${known}.`;
  throw new CovalenceError('file/damaged', message, { path: node.path, unit: node.unit });
}

async function boundaryOf(nodes: ZarrNodes, group: string): Promise<Uint8Array | undefined> {
  const boundary = (await nodes.attributes(`particles/${group}/box`))?.['boundary'];
  return Array.isArray(boundary) && boundary.length === 3
    ? Uint8Array.from(boundary, (side) => (side === 'periodic' ? 1 : 0))
    : undefined;
}

/** Edges of a box as rows: three lengths, or three vectors. */
function cellOf(raw: NumericArray, factor: number): FrameData[string] {
  const cell = new Float64Array(9);
  for (let i = 0; i < raw.length; i += 1) cell[raw.length === 3 ? i * 4 : i] = raw[i] * factor;
  return frameArray(cell, [3, 3]);
}

/** The values in our type and unit; as they are where both are ours already. */
function ours(key: string, raw: NumericArray, factor: number): NumericArray {
  if (key === 'numbers') return Uint8Array.from(raw as Iterable<number>);
  if (key === 'ids') return Int32Array.from(raw as Iterable<number>);
  const isFloat = raw instanceof Float32Array || raw instanceof Float64Array;
  const floats = isFloat ? raw : Float64Array.from(raw as Iterable<number>);
  return factor === 1 ? floats : floats.map((value) => value * factor);
}
