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
import { assertSourceUnchanged, identify, type SourceGuard, sourceGuard } from './source-identity.ts';
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
  /** How far the first pass is; undefined when the file was read to its end, and stays when it was closed before. */
  readonly indexing: { bytesRead: number; byteLength: number } | undefined;
  readonly damage: { code: string; detail: string } | undefined;
  /** Resolves when the first pass over the file has ended, well or not. */
  readonly indexed: Promise<void>;
  /**
   * Rejects with `frame/source-changed` when the file was altered, `file/damaged` when the frame cannot be parsed,
   * `room/closed` when it was closed and nobody holds it.
   */
  frame(index: number, signal?: AbortSignal): Promise<ParsedFrame>;
  scalars(): Readonly<Record<string, Float64Array>>;
  /** Atoms of each frame, where the pass over the file counted them. */
  atomCounts(): Float64Array | undefined;
  /** Keeps the file open beyond `close`, for whoever reads on, until the answer is called. */
  hold(): () => void;
  /** Ends the pass; reads that were begun end first, without being waited for. */
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
/** A growing file's index is kept again when the file is so many times as long; else when it is closed. */
const WORTH_SAVING = 1.25;

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
    if (usable === undefined && options.known !== undefined) {
      await assertSourceUnchanged(source, options.known);
      // It had grown since: frames behind those that the room began with were seen, and perhaps edited.
      if (saved !== undefined && saved.of.byteLength > options.known.byteLength) {
        await assertSourceUnchanged(source, saved.of);
      }
    }
    if (usable?.checksum !== undefined) source.resumeFrom(usable.checksum);
    const identity = await identify(source);
    if (directory !== undefined && usable !== undefined && isTouched(usable.of, identity)) {
      await writeSourceIndex(directory, { ...usable, of: identity }).catch(() => undefined);
    }
    const content = freshContent(directory);
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

function freshContent(directory: string | undefined): FileScratch {
  return fileScratch(join(directory ?? tmpdir(), `.content-${randomBytes(8).toString('hex')}`));
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
  // The content of a compressed file that grew since is not all of it.
  const isAll = saved.of.byteLength === source.byteLength;
  if (directory !== undefined && isAll && (await hasContent(directory, saved))) {
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
  #source: FileSource;
  #content: FileScratch;
  #trajectory: Trajectory;
  /** How much of the file the kept index is of. */
  #savedByteLength: number;
  /** What readers may still have in hand; closed with the room. */
  readonly #retired: { close(): Promise<void> }[] = [];
  readonly #options: SourceFramesOptions;
  readonly #parsed: ReturnType<typeof parsedFrames>;
  readonly #guard: SourceGuard;
  readonly #stop = new AbortController();
  #pass: Promise<void> = Promise.resolve();
  #stopFollowing: () => void = () => undefined;
  #holds = 0;
  #isClosed = false;

  constructor({ source, content, trajectory, identity, options }: FileFramesParts) {
    this.identity = identity;
    this.#source = source;
    this.#content = content;
    this.#trajectory = trajectory;
    this.#savedByteLength = source.byteLength;
    this.#options = options;
    this.#parsed = parsedFrames(options.cacheByteLength ?? DEFAULT_CACHE_BYTE_LENGTH);
    this.#guard = sourceGuard(source, identity);
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
    const release = this.hold();
    try {
      await this.#guard.check();
      return await this.#parsed(index, () => this.#trajectory.read(index));
    } finally {
      release();
    }
  }

  hold(): () => void {
    if (this.#isClosed && this.#holds === 0) throw roomClosed();
    this.#holds += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holds -= 1;
      if (this.#isClosed && this.#holds === 0) void this.#closeFiles().catch(() => undefined);
    };
  }

  scalars(): Readonly<Record<string, Float64Array>> {
    return this.#trajectory.scalars();
  }

  atomCounts(): Float64Array | undefined {
    return this.#trajectory.atomCounts?.();
  }

  async close(): Promise<void> {
    this.#stopFollowing();
    this.#stop.abort(roomClosed());
    await this.#pass;
    const { directory } = this.#options;
    if (directory !== undefined && this.#source.byteLength > this.#savedByteLength) await this.#saveIndex(directory);
    this.#isClosed = true;
    if (this.#holds === 0) await this.#closeFiles();
  }

  async #closeFiles(): Promise<void> {
    await this.#trajectory.close();
    await this.#content.close();
    await this.#source.close();
    for (const each of this.#retired) await each.close();
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
      const { code, message } = asCovalenceError(error, 'file/damaged');
      if (!this.#stop.signal.aborted) {
        this.indexing = undefined;
        this.damage = { code, detail: message };
      }
    }
    onFirst();
    if (!this.#stop.signal.aborted) onProgress();
  }

  async #saveIndex(directory: string): Promise<void> {
    this.#savedByteLength = this.#source.byteLength;
    try {
      const { checksum } = this.#source;
      const { byteLength } = this.#content;
      if (byteLength > 0) await this.#content.keepAs(contentPath(directory));
      await writeSourceIndex(directory, {
        of: this.#guard.identity,
        index: this.#trajectory.serialiseIndex(),
        ...(checksum.byteLength === this.#source.byteLength ? { checksum } : {}),
        ...(byteLength > 0 ? { contentByteLength: byteLength, contentCrc: this.#content.crc } : {}),
      });
    } catch {
      // Only the next opening is slower.
    }
  }

  /** Looks at the file now and then; what was added is read from where the last pass ended. */
  #follow(afterMs = FOLLOW_MS): void {
    const { clock, path, onProgress } = this.#options;
    this.#stopFollowing = clock.after(afterMs, () => {
      this.#pass = this.#pass.then(async () => {
        const startMs = clock.now();
        try {
          await this.#guard.check();
          if (this.damage?.code === 'frame/source-changed') {
            this.damage = undefined;
            onProgress();
          }
          if ((await stat(path)).size > this.#source.byteLength) await this.#grow();
        } catch (error) {
          const { code, message } = asCovalenceError(error, 'file/damaged');
          const isNews = this.damage?.detail !== message;
          this.damage = { code, detail: message };
          if (isNews) onProgress();
        }
        // A file that is read from its beginning each time is not looked at all the time.
        if (!this.#stop.signal.aborted) this.#follow(Math.max(FOLLOW_MS, 5 * (clock.now() - startMs)));
      });
    });
  }

  async #grow(): Promise<void> {
    if (isReadFromTheStart(this.#source.name)) await this.#readAnew();
    else {
      await this.#source.grow();
      await this.#scan(() => undefined);
    }
    await this.#guard.accept(this.#source);
    const { directory } = this.#options;
    const isMuch = this.#source.byteLength > WORTH_SAVING * this.#savedByteLength;
    if (directory !== undefined && isMuch) await this.#saveIndex(directory);
  }

  /** Compressed content has no place to go on from. */
  async #readAnew(): Promise<void> {
    const { directory, openTrajectory, path, onProgress } = this.#options;
    const source = await fileSource(path);
    const content = freshContent(directory);
    const trajectory = await openTrajectory(source, { scratch: content });
    let damage: { code: string; detail: string } | undefined;
    await trajectory.index(undefined, this.#stop.signal).catch((error: unknown) => {
      const { code, message } = asCovalenceError(error, 'file/damaged');
      damage = { code, detail: message };
    });
    if (this.#stop.signal.aborted || trajectory.count < this.count) {
      await trajectory.close();
      await content.close();
      await source.close();
      return;
    }
    this.#retired.push(this.#trajectory, this.#content, this.#source);
    this.#trajectory = trajectory;
    this.#content = content;
    this.#source = source;
    this.damage = damage;
    onProgress();
  }
}

function roomClosed(): CovalenceError {
  return new CovalenceError('room/closed', 'The room was closed while it was read. Ask again.');
}

function isReadFromTheStart(name: string): boolean {
  return /\.(gz|bz2|h5|h5md)$/i.test(name);
}
