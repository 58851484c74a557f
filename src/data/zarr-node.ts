import type { Array as ZarrArray, DataType, Readable } from 'zarrita';
import { CovalenceError, isCovalenceError } from '../protocol/errors.ts';
import type { NumericArray } from '../protocol/frames.ts';

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
  const doFetch = how.fetch;
  const isAddress = typeof store === 'string' || store instanceof URL;
  const source = isAddress
    ? new zarr.FetchStore(store, doFetch === undefined ? {} : { fetch: (request) => doFetch(request) })
    : store;
  const open = await zarr.withMaybeConsolidatedMetadata(
    source as Parameters<Zarrita['withMaybeConsolidatedMetadata']>[0],
  );
  const root = zarr.root(open);
  const paths = 'contents' in open ? (open.contents as () => { path: string }[])().map(({ path }) => path) : undefined;
  return {
    paths,
    async array(path) {
      const found = await orMissing(zarr, zarr.open(root.resolve(path), { kind: 'array' }));
      return found === undefined ? undefined : node(zarr, checked(zarr, found));
    },
    async attributes(path) {
      return (await orMissing(zarr, zarr.open(root.resolve(path), { kind: 'group' })))?.attrs;
    },
  };
}

async function orMissing<T>(zarr: Zarrita, opening: Promise<T>): Promise<T | undefined> {
  try {
    return await opening;
  } catch (error) {
    if (zarr.isZarritaError(error, 'NotFoundError')) return undefined;
    throw error;
  }
}

/** A chunk that was cut off would be read as zeros; here it is an error. */
function checked(zarr: Zarrita, array: ZarrArray<DataType>): ZarrArray<DataType> {
  const withLength = zarr.defineArrayExtension((inner) => ({
    async getChunk(coords: number[], options?: { signal?: AbortSignal }) {
      const chunk = await inner.getChunk(coords, options);
      const expected = chunk.shape.reduce((product, length) => product * length, 1);
      if (chunk.data.length === expected) return chunk;
      const message = `Chunk ${coords.join('/')} of ${inner.path} holds ${chunk.data.length} elements where ${expected} belong. The store is damaged.`;
      throw new CovalenceError('frame/corrupt', message, { path: inner.path, chunk: coords });
    },
  }));
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
      const data = typeof found === 'object' && found !== null && 'data' in found ? found.data : [found];
      return numbers(array.path, data);
    },
  };
}

function numbers(path: string, data: unknown): NumericArray {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float64Array.from(data, Number);
  if (ArrayBuffer.isView(data) && !(data instanceof DataView)) return data as NumericArray;
  const values = Array.from(data as Iterable<unknown>, Number);
  if (values.every((value) => !Number.isNaN(value))) return Float64Array.from(values);
  throw new CovalenceError('file/damaged', `${path} holds no numbers.`, { path });
}
