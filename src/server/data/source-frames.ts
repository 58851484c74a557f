import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ByteSource, OpenTrajectoryOptions, Trajectory } from '../../data/formats/format.ts';
import { decodeMsgpack, encodeMsgpack } from '../../data/msgpack.ts';
import { asCovalenceError, CovalenceError } from '../../protocol/errors.ts';
import { type FrameData, type FrameKeyInfo, isFrameArray } from '../../protocol/frames.ts';
import type { SourceIdentity } from './commit-record.ts';
import { fileSource } from './file-source.ts';
import { assertSourceUnchanged, identify, sourceGuard } from './source-identity.ts';
import { hashOf } from './stored-values.ts';

/** Opens a trajectory file of any known format. */
export type OpenTrajectory = (source: ByteSource, options?: OpenTrajectoryOptions) => Promise<Trajectory>;

/** A frame of the file, parsed; hashes are made when asked for. */
export interface SourceFrame {
  data: FrameData;
  hash(key: string): string;
}

/** The file behind a room, read frame by frame as it is asked for. */
export interface SourceFrames {
  readonly identity: SourceIdentity;
  /** Frames found so far. */
  readonly count: number;
  /** Keys of the first frame; empty until it was found. */
  readonly keys: readonly FrameKeyInfo[];
  readonly indexing: { bytesRead: number; byteLength: number } | undefined;
  readonly damage: { code: string; detail: string } | undefined;
  /** Resolves when the pass over the file has ended, well or not. */
  readonly indexed: Promise<void>;
  /** Rejects with `frame/source-changed` when the file was altered, `file/damaged` when the frame cannot be parsed. */
  frame(index: number, signal?: AbortSignal): Promise<SourceFrame>;
  scalars(): Readonly<Record<string, Float64Array>>;
  close(): Promise<void>;
}

/** Options of {@link openSourceFrames}. */
export interface SourceFramesOptions {
  path: string;
  openTrajectory: OpenTrajectory;
  /** What the file was when the room was made; a changed one is refused with `file/changed`. */
  known?: SourceIdentity | undefined;
  /** Where the index is kept between openings. */
  directory?: string | undefined;
  /** Called whenever more frames were found, the pass ended or failed. */
  onProgress: () => void;
  /** Bytes of parsed frames that are kept. */
  cacheByteLength?: number;
}

const DEFAULT_CACHE_BYTE_LENGTH = 64 * 1024 * 1024;
const INDEX_FILE = 'source.index';

/** Opens the file and starts the pass that finds its frames; resolves as soon as the first frame is known. */
export async function openSourceFrames(options: SourceFramesOptions): Promise<SourceFrames> {
  const { path, directory, known, onProgress } = options;
  const source = await fileSource(path);
  try {
    if (known !== undefined) await assertSourceUnchanged(source, known);
    const identity = await identify(source);
    const index = directory === undefined ? undefined : await readIndex(directory, identity);
    const trajectory = await openWithIndex(options.openTrajectory, source, index);
    return await startPass(trajectory, identity, index === undefined ? directory : undefined, options, onProgress);
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function openWithIndex(open: OpenTrajectory, source: ByteSource, index?: Uint8Array): Promise<Trajectory> {
  if (index === undefined) return open(source);
  try {
    return await open(source, { index });
  } catch {
    // An index of another version of the reader is no loss: the pass makes it anew.
    return open(source);
  }
}

async function startPass(
  trajectory: Trajectory,
  identity: SourceIdentity,
  saveTo: string | undefined,
  options: SourceFramesOptions,
  onProgress: () => void,
): Promise<SourceFrames> {
  let indexing: { bytesRead: number; byteLength: number } | undefined;
  let damage: { code: string; detail: string } | undefined;
  let keys: FrameKeyInfo[] = [];
  let onFirst = (): void => undefined;
  const first = new Promise<void>((resolve) => (onFirst = resolve));
  const stop = new AbortController();

  const pass = async (): Promise<void> => {
    try {
      if (!trajectory.isComplete) {
        indexing = { bytesRead: 0, byteLength: identity.byteLength };
        await trajectory.index(({ bytesRead, byteLength }) => {
          indexing = { bytesRead, byteLength };
          if (trajectory.count > 0) onFirst();
          onProgress();
        }, stop.signal);
      }
      indexing = undefined;
      if (saveTo !== undefined) await writeIndex(saveTo, identity, trajectory.serialiseIndex()).catch(() => undefined);
    } catch (error) {
      indexing = undefined;
      if (!stop.signal.aborted) {
        const { code, message } = asCovalenceError(error, 'file/damaged');
        damage = { code, detail: message };
      }
    }
    onFirst();
    onProgress();
  };
  const indexed = pass();
  await first;
  if (trajectory.count > 0) keys = await trajectory.keys();
  else if (damage !== undefined) {
    await indexed;
    throw new CovalenceError('file/damaged', damage.detail, { file: identity.path.split(/[\\/]/).at(-1) });
  }

  const cache = frameCache(options.cacheByteLength ?? DEFAULT_CACHE_BYTE_LENGTH);
  const guard = sourceGuard(identity);
  return {
    identity,
    get count() {
      return trajectory.count;
    },
    get keys() {
      return keys;
    },
    get indexing() {
      return indexing;
    },
    get damage() {
      return damage;
    },
    indexed,
    async frame(index, signal) {
      signal?.throwIfAborted();
      await guard();
      return cache(index, async () => parsed(await trajectory.read(index)));
    },
    scalars: () => trajectory.scalars(),
    async close() {
      stop.abort(new CovalenceError('room/closed', 'The room was closed.'));
      await indexed;
      await trajectory.close();
    },
  };
}

function parsed(data: FrameData): SourceFrame {
  const hashes = new Map<string, string>();
  return {
    data,
    hash(key) {
      const known = hashes.get(key);
      if (known !== undefined) return known;
      const hash = hashOf(data[key]);
      hashes.set(key, hash);
      return hash;
    },
  };
}

/** Keeps the frames read last, up to `limit` bytes; readers of one frame share one parse. */
function frameCache(limit: number): (index: number, parse: () => Promise<SourceFrame>) => Promise<SourceFrame> {
  const kept = new Map<number, { frame: Promise<SourceFrame>; byteLength: number }>();
  let held = 0;
  const drop = (index: number): void => {
    held -= kept.get(index)?.byteLength ?? 0;
    kept.delete(index);
  };
  return (index, parse) => {
    const present = kept.get(index);
    if (present !== undefined) {
      kept.delete(index);
      kept.set(index, present);
      return present.frame;
    }
    const entry = { frame: parse(), byteLength: 0 };
    kept.set(index, entry);
    entry.frame.then(
      (frame) => {
        if (kept.get(index) !== entry) return;
        entry.byteLength = byteLengthOf(frame.data);
        held += entry.byteLength;
        for (const oldest of kept.keys()) {
          if (held <= limit || oldest === index) return;
          drop(oldest);
        }
      },
      () => {
        if (kept.get(index) === entry) kept.delete(index);
      },
    );
    return entry.frame;
  };
}

function byteLengthOf(data: FrameData): number {
  return Object.values(data).reduce<number>(
    (sum, value) => sum + (isFrameArray(value) ? value.data.byteLength : 64),
    0,
  );
}

async function readIndex(directory: string, identity: SourceIdentity): Promise<Uint8Array | undefined> {
  try {
    const saved = decodeMsgpack(await readFile(join(directory, INDEX_FILE))) as {
      of: SourceIdentity;
      index: Uint8Array;
    };
    const isSame = (['byteLength', 'modifiedMs', 'head', 'tail'] as const).every(
      (key) => saved.of[key] === identity[key],
    );
    return isSame ? saved.index : undefined;
  } catch {
    return undefined;
  }
}

async function writeIndex(directory: string, of: SourceIdentity, index: Uint8Array): Promise<void> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, INDEX_FILE);
  await writeFile(`${path}.new`, encodeMsgpack({ of, index }));
  await rename(`${path}.new`, path);
}
