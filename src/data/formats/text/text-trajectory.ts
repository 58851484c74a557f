import { CovalenceError, isCovalenceError } from '../../../protocol/errors.ts';
import { FRAME_KEY_ALIASES, type FrameData, type FrameKeyInfo } from '../../../protocol/frames.ts';
import { damaged } from '../damage.ts';
import type { ByteSource, IndexProgress, OpenTrajectoryOptions, Trajectory } from '../format.ts';
import { areBareTypes, MOST_LABELS, noSuchElements, unknownSpecies } from '../unknown-species.ts';
import { keyInfosOf } from '../key-infos.ts';
import { FrameIndex } from './frame-index.ts';
import { LineProblem } from './line-problem.ts';
import { LineScanner, WrongGuess, type LineConsumer } from './line-scanner.ts';

/** Finds the frames of a text format line by line. Throws {@link ScanProblem}. */
export interface FrameScanner extends LineConsumer {
  /** Called at the end of the source; `missing` lines that were to be passed over were not there. */
  end(missing: number, offset: number, nextLine: number): void;
  /** What {@link FrameScanner} must know to go on from a serialised index. */
  state?(): Record<string, unknown>;
  /** True while a frame rests on a guess; its problems are then the guess's until it was scanned again. */
  readonly isGuessing?: boolean;
  /** Called when a guess was wrong, before the scan begins again after the last frame added. */
  rewind?(): void;
}

/** Thrown by scanners: absolute line, from 1, and what is wrong with it. The frame is the one after the last added. */
export class ScanProblem {
  readonly line: number;
  readonly found: string;

  constructor(line: number, found: string) {
    this.line = line;
    this.found = found;
  }
}

/** What makes a text format: how its frames are found and how one is read. */
export interface TextFormat {
  name: string;
  /** A scanner that goes on after the last frame of `index`. */
  scanner(index: FrameIndex, state: Record<string, unknown>): FrameScanner;
  /** Reads the bytes of one frame; throws {@link LineProblem}. */
  readFrame(bytes: Uint8Array, isWanted: (key: string) => boolean, scanner: FrameScanner, frame: number): FrameData;
  /** Keys whose values are known only when the whole file has been seen. */
  lateKeys?: readonly string[];
  /** Sentences, without the file's name, about what the pass found and may not be meant. */
  warnings?(scanner: FrameScanner, seen: { readonly hasBareTypes: boolean }): readonly string[];
}

/** Progress is told after so many bytes, and for the first frame. */
const PROGRESS_STEP = 8 * 1024 * 1024;

/** The trajectory of any {@link TextFormat}. */
export class TextTrajectory implements Trajectory {
  readonly format: string;
  private readonly means: TextFormat;
  private readonly source: ByteSource;
  private readonly frames = new FrameIndex();
  private scanner: FrameScanner;
  private pass: Promise<void> | undefined;
  private finished = false;
  private indexedLength = -1;
  private waiting: (() => void)[] = [];
  private endsInLine = false;
  /** Species, of the frames read so far, that are no elements. */
  private readonly unknown = new Set<string>();
  /** True when a frame read so far has numbered types and no element. */
  private hasBareTypes = false;

  constructor(means: TextFormat, source: ByteSource, options: OpenTrajectoryOptions = {}) {
    this.format = means.name;
    this.means = means;
    this.source = source;
    let state: Record<string, unknown> = {};
    if (options.index !== undefined) {
      const restored = new FrameIndex();
      const head = restored.restore(options.index);
      // An index of another file or of a longer one says nothing about these bytes.
      if (head.format === means.name && Number(head.byteLength) <= source.byteLength) {
        this.frames = restored;
        this.indexedLength = Number(head.byteLength);
        this.finished = this.indexedLength === source.byteLength;
        state = (head.state ?? {}) as Record<string, unknown>;
      }
    }
    this.scanner = means.scanner(this.frames, state);
  }

  get count(): number {
    return this.frames.count;
  }

  get isComplete(): boolean {
    return this.finished;
  }

  index(onProgress?: (progress: IndexProgress) => void, signal?: AbortSignal): Promise<void> {
    if (this.pass !== undefined) return this.pass;
    if (this.finished && this.indexedLength === this.source.byteLength) return Promise.resolve();
    this.finished = false;
    this.pass = this.scan(onProgress, signal).finally(() => {
      this.pass = undefined;
      this.wake();
    });
    return this.pass;
  }

  async read(index: number, keys?: readonly string[], signal?: AbortSignal): Promise<FrameData> {
    const wanted = keys === undefined ? undefined : new Set(keys.map((key) => FRAME_KEY_ALIASES[key] ?? key));
    const isWanted = (key: string): boolean => wanted === undefined || wanted.has(key);
    await this.untilKnown(index, signal);
    if (this.means.lateKeys?.some(isWanted) === true) await this.untilKnown(Number.POSITIVE_INFINITY, signal);
    if (!Number.isInteger(index) || index < 0 || index >= this.count) {
      throw new CovalenceError(
        'frame/not-found',
        `Frame ${index} of ${this.source.name} was asked for; it has ${this.count} frames, from 0.`,
        { index, count: this.count },
      );
    }
    const { start, end, line } = this.frames.span(index);
    const bytes = await this.source.read(start, end - start, signal);
    try {
      const data = this.means.readFrame(withoutBom(bytes, start), isWanted, this.scanner, index);
      this.hasBareTypes ||= areBareTypes(data);
      for (const label of unknownSpecies(data)) if (this.unknown.size < MOST_LABELS) this.unknown.add(label);
      return data;
    } catch (error) {
      if (!(error instanceof LineProblem)) throw error;
      throw damaged(this.source.name, { frame: index, line: line + error.line }, error.found);
    }
  }

  async keys(): Promise<FrameKeyInfo[]> {
    await this.untilKnown(0);
    return this.count === 0 ? [] : keyInfosOf(await this.read(0));
  }

  scalars(): Readonly<Record<string, Float64Array>> {
    return this.frames.scalars();
  }

  atomCounts(): Float64Array | undefined {
    return this.frames.atomCounts();
  }

  warnings(): readonly string[] {
    if (!this.finished || this.count === 0) return [];
    const { name } = this.source;
    return [
      ...(this.endsInLine ? [`${name} ends without a newline: its last number may have been cut off.`] : []),
      ...(this.unknown.size > 0 ? [`${name}: ${noSuchElements(this.unknown)}`] : []),
      ...(this.means.warnings?.(this.scanner, { hasBareTypes: this.hasBareTypes }) ?? []).map(
        (sentence) => `${name}: ${sentence}`,
      ),
    ];
  }

  serialiseIndex(): Uint8Array {
    const byteLength = this.finished ? this.indexedLength : this.frames.end.offset;
    return this.frames.serialise({ format: this.format, byteLength, state: this.scanner.state?.() ?? {} });
  }

  close(): Promise<void> {
    return this.source.close();
  }

  private async scan(onProgress?: (progress: IndexProgress) => void, signal?: AbortSignal): Promise<void> {
    this.scanner = this.means.scanner(this.frames, this.scanner.state?.() ?? {});
    const told = { offset: -PROGRESS_STEP, frames: this.count };
    const tell = (offset: number): void => {
      told.offset = offset;
      told.frames = this.count;
      this.wake();
      onProgress?.({ frames: this.count, bytesRead: offset, byteLength: this.source.byteLength });
    };
    const tellSometimes = (offset: number): void => {
      if (this.waiting.length > 0) this.wake();
      if (offset - told.offset >= PROGRESS_STEP || (told.frames === 0 && this.count > 0)) tell(offset);
    };
    let end: number | undefined;
    while (end === undefined) end = await this.scanOn(tellSometimes, signal);
    if (this.count === 0) {
      throw new CovalenceError(
        'file/empty',
        `${this.source.name}, read as ${this.format}, has no frame. Choose another file or give this one its right extension.`,
        { file: this.source.name },
      );
    }
    this.finished = true;
    this.indexedLength = end;
    tell(end);
  }

  /** Scans from the last frame on to the end, whose offset it answers; undefined when a guess must be taken back. */
  private async scanOn(onPiece: (offset: number) => void, signal?: AbortSignal): Promise<number | undefined> {
    const { offset, line } = this.frames.end;
    const lines = new LineScanner(this.scanner, offset, line);
    let lastByte = 10;
    try {
      for await (const piece of this.source.stream(offset, signal)) {
        signal?.throwIfAborted();
        lines.push(piece);
        if (piece.length > 0) lastByte = piece[piece.length - 1];
        onPiece(lines.offset);
      }
      lines.end();
      this.scanner.end(lines.skipping, lines.offset, lines.lineNumber);
    } catch (error) {
      const isOurs = error instanceof ScanProblem || error instanceof WrongGuess;
      if (isOurs && this.scanner.isGuessing === true) {
        this.scanner.rewind?.();
        return undefined;
      }
      throw this.damageOf(error, lines.lineNumber);
    }
    this.endsInLine = lastByte !== 10;
    return lines.offset;
  }

  /** What stopped the scan, as the error of a damaged file where it is one. */
  private damageOf(error: unknown, line: number): unknown {
    const frame = this.count;
    const file = this.source.name;
    if (error instanceof ScanProblem) return damaged(file, { frame, line: error.line }, error.found);
    if (error instanceof RangeError) return damaged(file, { frame, line }, error.message, error);
    if (!isCovalenceError(error, 'file/damaged')) return error;
    return damaged(file, { frame, line }, lastSentence(error), error);
  }

  /** Waits until the pass, which it starts if need be, has found frame `index` or has ended. */
  private async untilKnown(index: number, signal?: AbortSignal): Promise<void> {
    if (index < this.count || this.finished) return;
    const pass = this.index();
    const settled = pass.catch((error: unknown) => {
      // Whoever started the pass hears of the damage; a reader of a frame before it does not.
      if (index === Number.POSITIVE_INFINITY || index < this.count) return;
      throw error;
    });
    while (index >= this.count && this.pass === pass) {
      signal?.throwIfAborted();
      await Promise.race([settled, new Promise<void>((resolve) => this.waiting.push(resolve))]);
    }
    await (index < this.count ? undefined : settled);
  }

  private wake(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** What a source found wrong with itself, without the place it could not know. */
function lastSentence(error: CovalenceError): string {
  return typeof error.fields.found === 'string' ? error.fields.found : error.message;
}

function withoutBom(bytes: Uint8Array, offset: number): Uint8Array {
  return offset === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
