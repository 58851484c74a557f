import { type CovalenceError, asCovalenceError } from '../protocol/errors.ts';
import type { Frame, TrajectoryInfo } from '../protocol/frames.ts';
import { deferred, orAborted } from './deferred.ts';
import { fetchSource } from './fetch-source.ts';
import type { ByteSource, OpenTrajectoryOptions, Trajectory } from './formats/format.ts';
import { blobSource } from './formats/source/blob-source.ts';
import { memorySource } from './formats/source/memory-source.ts';
import { assertRange, frameNotFound, hashData, isFrameIndex, selectKeys } from './frame-facts.ts';
import { emptyRecord, normaliseFrameKeys } from './frame-key.ts';
import { type Hasher, hashBytes } from './hash.ts';
import type { ChangingProvider, DataProvider } from './provider.ts';

/** A trajectory file: dropped, chosen, in memory, at an address, or any source of bytes. */
export type TrajectoryFile = Blob | Uint8Array | URL | string | ByteSource;

/** How {@link fileProvider} reads. */
export interface FileProviderOptions {
  /** Name with extension, for files that have none; it tells the format. */
  name?: string;
  /** Finds the format and opens it. */
  open: (source: ByteSource, options?: OpenTrajectoryOptions) => Promise<Trajectory>;
  fetch?: typeof fetch;
  hasher?: Hasher;
  /** Gives up opening, and ends the pass over the file. */
  signal?: AbortSignal;
}

/**
 * Reads a trajectory file without a server. Resolves when the file is recognised; the pass that finds its frames then
 * runs by itself, `info` tells how far it is and `onChange` that frames were found. Frames are read as soon as they are
 * found. Rejects with `file/unknown-format`, `file/not-found`, `server/unreachable`.
 */
export async function fileProvider(
  file: TrajectoryFile,
  options: FileProviderOptions,
): Promise<DataProvider & ChangingProvider> {
  const hasher = options.hasher ?? hashBytes;
  const source = await sourceOf(file, options);
  const trajectory = await options.open(source, options.signal === undefined ? {} : { signal: options.signal });
  const closing = new AbortController();
  const listeners = new Set<(change: { ids: readonly string[] | undefined }) => void>();
  const pass: { indexing: TrajectoryInfo['indexing']; damage: CovalenceError | undefined } = {
    indexing: { bytesRead: 0, byteLength: source.byteLength },
    damage: undefined,
  };
  let progress = deferred<void>();

  const tell = (): void => {
    progress.resolve();
    progress = deferred();
    // Frames were added; none of those that are known has changed.
    for (const listener of listeners) listener({ ids: [] });
  };
  const runPass = async (): Promise<void> => {
    try {
      await trajectory.index(
        ({ bytesRead, byteLength }) => {
          pass.indexing = { bytesRead, byteLength };
          tell();
        },
        options.signal === undefined ? closing.signal : AbortSignal.any([options.signal, closing.signal]),
      );
    } catch (error) {
      pass.damage = asCovalenceError(error, 'file/damaged');
    }
    pass.indexing = undefined;
    tell();
  };
  void runPass();

  /** Waits until frame `index` is found, or it is certain that there is none. */
  const found = async (index: number, signal: AbortSignal | undefined): Promise<boolean> => {
    signal?.throwIfAborted();
    while (index >= trajectory.count && pass.indexing !== undefined) await orAborted(progress.promise, signal);
    return isFrameIndex(index, trajectory.count);
  };
  const readFound = async (
    index: number,
    data: readonly string[] | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Frame> => {
    const keys = normaliseFrameKeys(data);
    const values = selectKeys(await trajectory.read(index, keys, signal), keys);
    const hashes = await hashData(values, hasher);
    signal?.throwIfAborted();
    return { id: `f${index}`, index, version: 1, hashes, data: values };
  };

  return {
    async info({ signal } = {}) {
      const isAny = await found(0, signal);
      const { indexing, damage } = pass;
      if (!isAny && damage !== undefined) throw damage;
      const keys = isAny ? await trajectory.keys() : [];
      return {
        epoch: 'file',
        seq: 0,
        count: trajectory.count,
        keys,
        ...(indexing === undefined ? {} : { indexing }),
        ...(damage === undefined ? {} : { damage: { code: damage.code, detail: damage.message } }),
      };
    },
    async read(index, { data, signal } = {}) {
      if (isFrameIndex(index, Number.POSITIVE_INFINITY) && (await found(index, signal)))
        return readFound(index, data, signal);
      throw frameNotFound(index, trajectory.count);
    },
    async *readRange(start, stop, { data, signal } = {}) {
      assertRange(start, stop);
      for (let index = start; index < stop && (await found(index, signal)); index += 1)
        yield await readFound(index, data, signal);
    },
    async scalars(keys, { signal } = {}) {
      signal?.throwIfAborted();
      const known = trajectory.scalars();
      if (keys === undefined) return { ...known };
      const scalars = emptyRecord<Float64Array>();
      for (const key of normaliseFrameKeys(keys) ?? []) {
        scalars[key] = Object.hasOwn(known, key) ? known[key] : new Float64Array(trajectory.count).fill(Number.NaN);
      }
      return scalars;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      listeners.clear();
      closing.abort(new Error('the file was closed'));
      await trajectory.close();
      await source.close();
    },
  };
}

async function sourceOf(file: TrajectoryFile, { name, fetch, signal }: FileProviderOptions): Promise<ByteSource> {
  if (file instanceof Blob) return blobSource(file, name);
  if (file instanceof Uint8Array) return memorySource(name ?? 'file', file);
  if (typeof file !== 'string' && !(file instanceof URL)) return file;
  const source = await fetchSource(file, { ...(fetch && { fetch }), ...(signal && { signal }) });
  return name === undefined ? source : { ...source, name };
}
