import type { FrameData, FrameKeyInfo } from '../../protocol/frames.ts';

/** Bytes that can be read anywhere: a file on disk, a dropped file, a URL with ranges, memory. */
export interface ByteSource {
  /** File name with extension, for sniffing and for error sentences. */
  readonly name: string;
  /** Length now; may grow for a file that is being written or inflated. */
  readonly byteLength: number;
  /**
   * How many bytes are read in about the time that one more `read` takes; readers pass over what is longer and read on
   * through what is shorter. 64 kB when left out, as on a disk.
   */
  readonly jumpByteLength?: number;
  /** Exactly the bytes `[offset, offset + length)`, fewer only at the end of the source. */
  read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array>;
  /** Bytes from `offset` to the end in pieces of the source's choice. A piece is the caller's until the next is asked for. */
  stream(offset: number, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** Called while a file is indexed, at most some tens of times a second. */
export interface IndexProgress {
  frames: number;
  bytesRead: number;
  byteLength: number;
}

/** Options every reader understands. */
export interface OpenTrajectoryOptions {
  signal?: AbortSignal;
  /** A serialised index of an earlier pass over the same bytes; skips the pass. */
  index?: Uint8Array;
}

/**
 * One trajectory file, read by frame with bounded memory. Frames may be read while the index pass is still running: a
 * read of a frame that is not found yet waits for it, and starts the pass if nobody has. Values come out under the
 * names and units of `protocol/frames.ts`.
 */
export interface Trajectory {
  /** Name of the format, e.g. `extxyz`. */
  readonly format: string;
  /** Frames found so far. */
  readonly count: number;
  /** True once the pass over the file has ended. */
  readonly isComplete: boolean;
  /**
   * Runs the pass that finds the frames; resolves at the end of the file. A damaged file rejects with `file/damaged`
   * naming file, frame and line or byte; the frames before the damage stay readable.
   */
  index(onProgress?: (progress: IndexProgress) => void, signal?: AbortSignal): Promise<void>;
  /** Values of frame `index`, all or those of `keys`. */
  read(index: number, keys?: readonly string[], signal?: AbortSignal): Promise<FrameData>;
  /** Keys of the first frame with type, shape and unit. */
  keys(): Promise<FrameKeyInfo[]>;
  /**
   * One-number values of every frame found so far, gathered during the index pass; NaN where a frame has none.
   * Every returned array has `count` elements. At least `energy` when the file has it.
   */
  scalars(): Readonly<Record<string, Float64Array>>;
  /** Atoms of every frame found so far, where the pass counts them. */
  atomCounts?(): Float64Array | undefined;
  /** Sentences about what could be read but may not be meant, e.g. a last line without newline. */
  warnings?(): readonly string[];
  /** The index as bytes, for `OpenTrajectoryOptions.index`. */
  serialiseIndex(): Uint8Array;
  close(): Promise<void>;
}

/** A readable format. */
export interface TrajectoryFormat {
  /** e.g. `extxyz` */
  readonly name: string;
  /** Lower-case extensions without dot, most usual first. */
  readonly extensions: readonly string[];
  /** Says that the files hold no elements (`numbers` is absent from their frames): a topology beside them does. */
  readonly lacksElements?: boolean;
  /** Whether these first bytes (up to 64 kB) are this format; called when the extension does not decide. */
  sniff(head: Uint8Array): boolean;
  open(source: ByteSource, options?: OpenTrajectoryOptions): Promise<Trajectory>;
}
