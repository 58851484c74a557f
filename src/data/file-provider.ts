import { type CovalenceError, asCovalenceError, isCovalenceError } from '../protocol/errors.ts';
import type { Frame, TrajectoryInfo } from '../protocol/frames.ts';
import { orAborted } from './deferred.ts';
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
  /** Finds the format and opens it; default: every format we read, loaded when first needed. */
  open?: (source: ByteSource, options?: OpenTrajectoryOptions) => Promise<Trajectory>;
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
  options: FileProviderOptions = {},
): Promise<DataProvider & ChangingProvider> {
  const hasher = options.hasher ?? hashBytes;
  const source = await fileByteSource(file, options);
  const open = options.open ?? (await import('./formats/open-trajectory.ts')).openTrajectory;
  const trajectory = await open(source, options.signal === undefined ? {} : { signal: options.signal });
  const closing = new AbortController();
  const listeners = new Set<(change: { ids: readonly string[] | undefined }) => void>();
  const pass: { indexing: TrajectoryInfo['indexing']; damage: CovalenceError | undefined } = {
    indexing: { bytesRead: 0, byteLength: source.byteLength },
    damage: undefined,
  };

  const tell = (): void => {
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

  /** A frame that is not found yet is waited for by the trajectory; undefined when there is none. */
  const readFound = async (
    index: number,
    data: readonly string[] | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Frame | undefined> => {
    signal?.throwIfAborted();
    if (pass.indexing === undefined && !isFrameIndex(index, trajectory.count)) return undefined;
    const keys = normaliseFrameKeys(data);
    try {
      const values = selectKeys(await orAborted(trajectory.read(index, keys, signal), signal), keys);
      const hashes = await hashData(values, hasher);
      signal?.throwIfAborted();
      return { id: `f${index}`, index, version: 1, hashes, data: values };
    } catch (error) {
      if (isCovalenceError(error, 'frame/not-found')) return undefined;
      throw error;
    }
  };

  return {
    async info({ signal } = {}) {
      signal?.throwIfAborted();
      // Waits for the first frame, or for the certainty that there is none.
      const keys = await orAborted(trajectory.keys(), signal);
      const { indexing, damage } = pass;
      if (trajectory.count === 0 && damage !== undefined) throw damage;
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
      const isIndex = isFrameIndex(index, Number.POSITIVE_INFINITY);
      const frame = isIndex ? await readFound(index, data, signal) : undefined;
      if (frame === undefined) throw frameNotFound(index, trajectory.count);
      return frame;
    },
    async *readRange(start, stop, { data, signal } = {}) {
      assertRange(start, stop);
      for (let index = start; index < stop; index += 1) {
        const frame = await readFound(index, data, signal);
        if (frame === undefined) return;
        yield frame;
      }
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

/** The bytes of a file, read where they are needed. Rejects with `file/not-found`, `server/unreachable`. */
export async function fileByteSource(
  file: TrajectoryFile,
  { name, fetch, signal }: Pick<FileProviderOptions, 'name' | 'fetch' | 'signal'> = {},
): Promise<ByteSource> {
  if (file instanceof Blob) return blobSource(file, name);
  if (file instanceof Uint8Array) return memorySource(name ?? 'file', file);
  if (typeof file !== 'string' && !(file instanceof URL)) return file;
  const source = await fetchSource(file, { ...(fetch && { fetch }), ...(signal && { signal }) });
  return name === undefined ? source : { ...source, name };
}
