import type { Array as ZarrArray, DataType, Readable } from 'zarrita';
import { CovalenceError, isCovalenceError } from '../protocol/errors.ts';
import type { NumericArray } from '../protocol/frames.ts';
import { teachCodecs } from './zarr-codecs.ts';

/** Anything that gives the bytes under a key of a Zarr store: a Map will do. */
export type ZarrStore = Readable;

/** A node of a store: its shape, attributes, and reads that are checked. */
export interface ZarrNode {
  readonly path: string;
  readonly shape: readonly number[];
  readonly unit: string | undefined;
  /** Row `index` of the first dimension, or everything when left out. */
  read(index?: number, signal?: AbortSignal): Promise<NumericArray>;
}

type Zarrita = typeof import('zarrita');

/** Opens nodes below one store; `undefined` where there is none. */
export interface ZarrNodes {
  array(path: string): Promise<ZarrNode | undefined>;
  attributes(path: string): Promise<Record<string, unknown> | undefined>;
  /** Paths of all nodes, where the store keeps its metadata in one place. */
  readonly paths: readonly string[] | undefined;
}

/** The nodes of `store`. The library is loaded when the first store is opened. */
export async function zarrNodes(
  store: ZarrStore | string | URL,
  how: { fetch?: typeof globalThis.fetch } = {},
): Promise<ZarrNodes> {
  const zarr = await import('zarrita');
  teachCodecs(zarr.registry);
  const doFetch = how.fetch;
  const isAddress = typeof store === 'string' || store instanceof URL;
  const source = isAddress
    ? new zarr.FetchStore(store, doFetch === undefined ? {} : { fetch: (request) => doFetch(request) })
    : store;
  const { watched, isLost } = watch(source);
  const open = await zarr.withMaybeConsolidatedMetadata(
    watched as Parameters<Zarrita['withMaybeConsolidatedMetadata']>[0],
  );
  const root = zarr.root(open);
  const paths = 'contents' in open ? (open.contents as () => { path: string }[])().map(({ path }) => path) : undefined;
  const listed = paths === undefined ? undefined : new Set(paths);
  return {
    paths,
    async array(path) {
      if (listed?.has(`/${path}`) === false) return undefined;
      const found = await orMissing(zarr, zarr.open(root.resolve(path), { kind: 'array' }));
      return found === undefined ? undefined : node(zarr, checked(zarr, found, isLost));
    },
    async attributes(path) {
      return (await orMissing(zarr, zarr.open(root.resolve(path), { kind: 'group' })))?.attrs;
    },
  };
}

/** Notes which chunks a store does not have: the library reads them as if they were full of fill values. */
function watch(store: ZarrStore): { watched: ZarrStore; isLost: (path: string, coords: readonly number[]) => boolean } {
  const lost = new Set<string>();
  const getRange = store.getRange?.bind(store);
  const watched = {
    async get(key: `/${string}`, options?: Parameters<ZarrStore['get']>[1]) {
      const bytes = await store.get(key, options);
      if (bytes === undefined && /[./]\d+$/.test(key)) lost.add(key);
      return bytes;
    },
    ...(getRange === undefined ? {} : { getRange }),
  };
  const isLost = (path: string, coords: readonly number[]): boolean =>
    ['/', '.'].some((mark) => ['', 'c/', 'c.'].some((start) => lost.has(`${path}/${start}${coords.join(mark)}`)));
  return { watched: watched as ZarrStore, isLost };
}

async function orMissing<T>(zarr: Zarrita, opening: Promise<T>): Promise<T | undefined> {
  try {
    return await opening;
  } catch (error) {
    if (zarr.isZarritaError(error, 'NotFoundError')) return undefined;
    throw error;
  }
}

/** Chunks of several frames that stay decoded, of each array. */
const KEPT_CHUNKS = 64;
/** Of chunks above this, of each array, only the newest stay. */
const KEPT_BYTE_LENGTH = 32 * 1024 * 1024;

/**
 * A chunk that was cut off would be read as zeros; here it is an error. A chunk of several frames is fetched and decoded
 * once for neighbours that are read one after the other, or at the same time.
 */
function checked(
  zarr: Zarrita,
  array: ZarrArray<DataType>,
  isLost: (path: string, coords: readonly number[]) => boolean,
): ZarrArray<DataType> {
  const hasSeveralRows = array.shape.length > 1 && array.chunks[0] > 1;
  const withLength = zarr.defineArrayExtension((inner) => {
    const load = async (coords: number[], options?: { signal?: AbortSignal }): ReturnType<typeof inner.getChunk> => {
      const chunk = await inner.getChunk(coords, options);
      if (inner.path.endsWith('/position/value') && isLost(inner.path, coords)) {
        const message = `Chunk ${coords.join('/')} of ${inner.path} is not there. The store has lost it, or was not written to its end.`;
        throw new CovalenceError('frame/corrupt', message, { path: inner.path, chunk: coords });
      }
      const expected = chunk.shape.reduce((product, length) => product * length, 1);
      if (chunk.data.length === expected) return chunk;
      const message = `Chunk ${coords.join('/')} of ${inner.path} holds ${chunk.data.length} elements where ${expected} belong. The store is damaged.`;
      throw new CovalenceError('frame/corrupt', message, { path: inner.path, chunk: coords });
    };
    const kept = new Map<string, ReturnType<typeof load>>();
    const chunkByteLength = 8 * array.chunks.reduce((product, length) => product * length, 1);
    const room = Math.max(2, Math.min(KEPT_CHUNKS, Math.floor(KEPT_BYTE_LENGTH / chunkByteLength)));
    return {
      getChunk(coords: number[], options?: { signal?: AbortSignal }) {
        if (!hasSeveralRows) return load(coords, options);
        const key = coords.join();
        // Nobody's signal: the reader of the next frame wants the same chunk.
        const chunk = kept.get(key) ?? load(coords);
        kept.delete(key);
        kept.set(key, chunk);
        chunk.catch(() => kept.delete(key));
        const [oldest] = kept.keys();
        if (kept.size > room) kept.delete(oldest);
        return chunk;
      },
    };
  });
  return withLength(array);
}

function node(zarr: Zarrita, array: ZarrArray<DataType>): ZarrNode {
  const { unit } = array.attrs;
  return {
    path: array.path,
    shape: array.shape,
    unit: typeof unit === 'string' ? unit : undefined,
    async read(index, signal) {
      const selection = array.shape.map((_, axis) => (axis === 0 && index !== undefined ? index : null));
      let found: unknown;
      try {
        found = await zarr.get(array, selection, signal === undefined ? {} : { signal });
      } catch (error) {
        signal?.throwIfAborted();
        if (isCovalenceError(error)) throw error;
        const message = `${array.path} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
        throw new CovalenceError('frame/corrupt', message, { path: array.path }, { cause: error });
      }
      if (typeof found !== 'object' || found === null || !('data' in found)) return numbers(array.path, [found]);
      const { shape, stride } = found as unknown as { shape: number[]; stride: number[] };
      return inRows(numbers(array.path, found.data), shape, stride);
    },
  };
}

/** The values with the last dimension running fastest; stores in Fortran order come with the first one so. */
function inRows(values: NumericArray, shape: readonly number[], stride: readonly number[]): NumericArray {
  let step = 1;
  let isInRows = true;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    if (shape[axis] > 1 && stride[axis] !== step) isInRows = false;
    step *= shape[axis];
  }
  if (isInRows) return values;
  const rows = values.slice();
  for (let i = 0; i < rows.length; i += 1) {
    let rest = i;
    let from = 0;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      from += (rest % shape[axis]) * stride[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    rows[i] = values[from];
  }
  return rows;
}

function numbers(path: string, data: unknown): NumericArray {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float64Array.from(data, Number);
  if (ArrayBuffer.isView(data) && !(data instanceof DataView)) return data as NumericArray;
  const values = Array.from(data as Iterable<unknown>, Number);
  if (values.every((value) => !Number.isNaN(value))) return Float64Array.from(values);
  throw new CovalenceError('file/damaged', `${path} holds no numbers.`, { path });
}
