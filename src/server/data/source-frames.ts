import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ByteSource, OpenTrajectoryOptions, Trajectory } from '../../data/formats/format.ts';
import type { ScratchFile } from '../../data/formats/source/scratch-file.ts';
import type { Clock } from '../../protocol/clock.ts';
import { asCovalenceError, CovalenceError } from '../../protocol/errors.ts';
import type { FrameKeyInfo } from '../../protocol/frames.ts';
import type { SourceIdentity } from './commit-record.ts';
import { type FileScratch, fileScratch } from './file-scratch.ts';
import { fileSource, type FileSource } from './file-source.ts';
import { type ParsedFrame, parsedFrames } from './parsed-frames.ts';
import { assertSourceUnchanged, identify, sourceGuard } from './source-identity.ts';
import {
  contentPath,
  hasContent,
  isIndexOf,
  readSourceIndex,
  type SourceIndex,
  writeSourceIndex,
} from './source-index.ts';
import { isReading, keepReading, readerFor, type SourceReading } from './source-reading.ts';

/** Opens a trajectory file of any known format. The trajectory closes the source. */
export type OpenTrajectory = (
  source: ByteSource,
  options?: OpenTrajectoryOptions & { scratch?: ScratchFile },
) => Promise<Trajectory>;

/** The file behind a room, read frame by frame as it is asked for. */
export interface SourceFrames {
  readonly identity: SourceIdentity;
  /** Frames found so far. */
  readonly count: number;
  /** Keys of the first frame. */
  readonly keys: readonly FrameKeyInfo[];
  readonly indexing: { bytesRead: number; byteLength: number } | undefined;
  readonly damage: { code: string; detail: string } | undefined;
  /** Resolves when the first pass over the file has ended, well or not. */
  readonly indexed: Promise<void>;
  /** Rejects with `frame/source-changed` when the file was altered, `file/damaged` when the frame cannot be parsed. */
  frame(index: number, signal?: AbortSignal): Promise<ParsedFrame>;
  scalars(): Readonly<Record<string, Float64Array>>;
  /** Atoms of each frame, where the pass over the file counted them. */
  atomCounts(): Float64Array | undefined;
  close(): Promise<void>;
}

/** Options of {@link openSourceFrames}. */
export interface SourceFramesOptions {
  path: string;
  openTrajectory: OpenTrajectory;
  clock: Clock;
  /** What the file was when the room was made; a changed one is refused with `file/changed`. */
  known?: SourceIdentity | undefined;
  /** How to read it; as it was opened before when left out. */
  reading?: SourceReading | undefined;
  /** Where the index is kept between openings. */
  directory?: string | undefined;
  /** Whether frames that are appended later appear. */
  follow?: boolean | undefined;
  /** Called whenever more frames were found, a pass ended or failed. */
  onProgress: () => void;
  /** Bytes of parsed frames that are kept. */
  cacheByteLength?: number;
}

const DEFAULT_CACHE_BYTE_LENGTH = 64 * 1024 * 1024;
const FOLLOW_MS = 1_000;

/**
 * Opens the file and starts the pass that finds its frames; resolves as soon as the first frame can be read. Rejects
 * with `file/not-found`, `file/changed`, and with what is wrong with a file that has no readable frame.
 */
export async function openSourceFrames(asked: SourceFramesOptions): Promise<SourceFrames> {
  const source = await fileSource(asked.path);
  const { directory, reading } = asked;
  try {
    const options = { ...asked, openTrajectory: await readerFor(asked.openTrajectory, reading, directory) };
    const saved = directory === undefined ? undefined : await readSourceIndex(directory);
    const usable = saved !== undefined && (await isIndexOf(saved, source)) ? saved : undefined;
    // An index is written only of a file that was accepted, so that whatever is still that file is accepted too.
    if (usable === undefined && options.known !== undefined) await assertSourceUnchanged(source, options.known);
    if (usable?.checksum !== undefined) source.resumeFrom(usable.checksum);
    const identity = await identify(source);
    if (directory !== undefined && usable !== undefined && isTouched(usable.of, identity)) {
      await writeSourceIndex(directory, { ...usable, of: identity }).catch(() => undefined);
    }
    const content = fileScratch(join(directory ?? tmpdir(), `.content-${randomBytes(8).toString('hex')}`));
    const frames = new FileFrames({
      source,
      content,
      trajectory: await openWithIndex(options, source, content, usable),
      identity,
      options,
    });
    await frames.begin();
    if (directory !== undefined && isReading(reading)) await keepReading(directory, reading);
    return frames;
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** Whether the same bytes were written at another time. */
function isTouched(before: SourceIdentity, now: SourceIdentity): boolean {
  return before.byteLength === now.byteLength && before.modifiedMs !== now.modifiedMs;
}

async function openWithIndex(
  { openTrajectory, directory }: SourceFramesOptions,
  source: FileSource,
  scratch: FileScratch,
  saved: SourceIndex | undefined,
): Promise<Trajectory> {
  if (saved === undefined) return openTrajectory(source, { scratch });
  const { index } = saved;
  if (directory !== undefined && (await hasContent(directory, saved))) {
    const name = source.name.replace(/\.(gz|bz2)$/i, '');
    const content = await fileSource(contentPath(directory), name);
    return openTrajectory(content, { index }).catch(() => openTrajectory(source, { scratch }));
  }
  // An index of another version of the reader is no loss: the pass makes it anew.
  return openTrajectory(source, { index, scratch }).catch(() => openTrajectory(source, { scratch }));
}

interface FileFramesParts {
  source: FileSource;
  /** Where the content of a compressed file goes; closed with the trajectory. */
  content: FileScratch;
  trajectory: Trajectory;
  identity: SourceIdentity;
  options: SourceFramesOptions;
}

class FileFrames implements SourceFrames {
  readonly identity: SourceIdentity;
  keys: readonly FrameKeyInfo[] = [];
  indexing: { bytesRead: number; byteLength: number } | undefined;
  damage: { code: string; detail: string } | undefined;
  indexed: Promise<void> = Promise.resolve();
  readonly #source: FileSource;
  readonly #content: FileScratch;
  readonly #trajectory: Trajectory;
  readonly #options: SourceFramesOptions;
  readonly #parsed: ReturnType<typeof parsedFrames>;
  readonly #guard: () => Promise<void>;
  readonly #stop = new AbortController();
  #pass: Promise<void> = Promise.resolve();
  #stopFollowing: () => void = () => undefined;

  constructor({ source, content, trajectory, identity, options }: FileFramesParts) {
    this.identity = identity;
    this.#source = source;
    this.#content = content;
    this.#trajectory = trajectory;
    this.#options = options;
    this.#parsed = parsedFrames(options.cacheByteLength ?? DEFAULT_CACHE_BYTE_LENGTH);
    this.#guard = sourceGuard(identity, () => source.checksum);
  }

  get count(): number {
    return this.#trajectory.count;
  }

  /** Starts the pass and waits for the first frame. */
  async begin(): Promise<void> {
    const first = new Promise<void>((resolve) => {
      this.#pass = this.#scan(resolve);
    });
    this.indexed = this.#pass;
    await first;
    if (this.count > 0) this.keys = await this.#trajectory.keys();
    else await this.#pass;
    if (this.count === 0 && this.damage !== undefined) {
      await this.#trajectory.close();
      await this.#content.close();
      const { code, detail } = this.damage;
      throw new CovalenceError(code === 'file/empty' ? code : 'file/damaged', detail, { file: this.#source.name });
    }
    if (this.#options.follow === true) this.#follow();
  }

  async frame(index: number, signal?: AbortSignal): Promise<ParsedFrame> {
    signal?.throwIfAborted();
    await this.#guard();
    return this.#parsed(index, () => this.#trajectory.read(index));
  }

  scalars(): Readonly<Record<string, Float64Array>> {
    return this.#trajectory.scalars();
  }

  atomCounts(): Float64Array | undefined {
    return this.#trajectory.atomCounts?.();
  }

  async close(): Promise<void> {
    this.#stopFollowing();
    this.#stop.abort(new CovalenceError('room/closed', 'The room was closed.'));
    await this.#pass;
    await this.#trajectory.close();
    await this.#content.close();
    await this.#source.close();
  }

  async #scan(onFirst: () => void): Promise<void> {
    const { directory, onProgress } = this.#options;
    try {
      if (this.#trajectory.isComplete && this.#trajectory.count > 0) onFirst();
      else this.indexing = { bytesRead: 0, byteLength: this.#source.byteLength };
      const isIndexed = this.indexing === undefined;
      await this.#trajectory.index(({ bytesRead, byteLength }) => {
        this.indexing = { bytesRead, byteLength };
        if (this.count > 0) onFirst();
        onProgress();
      }, this.#stop.signal);
      this.indexing = undefined;
      this.damage = undefined;
      if (directory !== undefined && !isIndexed) await this.#saveIndex(directory);
    } catch (error) {
      this.indexing = undefined;
      const { code, message } = asCovalenceError(error, 'file/damaged');
      if (!this.#stop.signal.aborted) this.damage = { code, detail: message };
    }
    onFirst();
    if (!this.#stop.signal.aborted) onProgress();
  }

  async #saveIndex(directory: string): Promise<void> {
    try {
      const { checksum } = this.#source;
      const { byteLength } = this.#content;
      if (byteLength > 0) await this.#content.keepAs(contentPath(directory));
      await writeSourceIndex(directory, {
        of: await identify(this.#source),
        index: this.#trajectory.serialiseIndex(),
        ...(checksum.byteLength === this.#source.byteLength ? { checksum } : {}),
        ...(byteLength > 0 ? { contentByteLength: byteLength } : {}),
      });
    } catch {
      // Only the next opening is slower.
    }
  }

  /** Looks at the file now and then; what was added is read from where the last pass ended. */
  #follow(): void {
    this.#stopFollowing = this.#options.clock.after(FOLLOW_MS, () => {
      this.#pass = this.#pass.then(async () => {
        try {
          const { size, mtimeMs } = await stat(this.#options.path);
          if (size > this.#source.byteLength) {
            await this.#guard();
            this.#source.grow(size, mtimeMs);
            await this.#scan(() => undefined);
          }
        } catch (error) {
          const { code, message } = asCovalenceError(error, 'file/damaged');
          this.damage = { code, detail: message };
          this.#options.onProgress();
        }
        if (!this.#stop.signal.aborted) this.#follow();
      });
    });
  }
}
