import { isCovalenceError } from '../../../protocol/errors.ts';
import { ByteProblem } from '../binary/byte-problem.ts';
import type { ByteSource } from '../format.ts';
import { checkGlobalHeaps, HEAP_OVERLAP } from './global-heap.ts';
import type { Hdf5Module, Hdf5Node } from './hdf5-module.ts';

const PAGE_LENGTH = 64 * 1024;
/** Pages that are kept between operations: 16 MB. */
const KEPT_PAGES = 256;
/** EIO in Emscripten. */
const EIO = 29;

/** The file that the running operation is about; HDF5 must not reach any other, whatever a file says. */
let active = '';
let counter = 0;

/**
 * A source as a file that HDF5 can read. HDF5 reads when it likes and cannot wait, so an operation that meets bytes that
 * are not there fails, the bytes are fetched, and it is tried again; at most 16 MB are kept from one operation to the
 * next.
 */
export class PagedFile {
  readonly module: Hdf5Module;
  readonly path: string;
  private readonly source: ByteSource;
  private readonly byteLength: number;
  private readonly pages = new Map<number, Uint8Array>();
  private readonly missing = new Set<number>();
  private lastOffset = 0;

  /** `byteLength` is the length of all of the source. */
  constructor(module: Hdf5Module, source: ByteSource, byteLength: number) {
    this.module = module;
    this.source = source;
    this.byteLength = byteLength;
    counter += 1;
    const name = `source-${counter}.h5`;
    this.path = `/${name}`;
    const node: Hdf5Node = module.FS.createFile('/', name, {}, true, false);
    Object.defineProperty(node, 'usedBytes', { get: () => byteLength });
    node.stream_ops = {
      ...node.stream_ops,
      read: (_stream: unknown, target: Uint8Array, at: number, length: number, position: number) =>
        this.readInto(target, at, length, position),
    };
  }

  /** Runs `operation` until it has met only bytes that are there. Throws {@link ByteProblem} when it fails then. */
  async run<T>(what: string, operation: (module: Hdf5Module) => T, signal?: AbortSignal): Promise<T> {
    for (;;) {
      signal?.throwIfAborted();
      this.missing.clear();
      active = this.path;
      let failure: unknown;
      try {
        const result = operation(this.module);
        if (this.missing.size === 0) return result;
      } catch (error) {
        if (error instanceof ByteProblem || isCovalenceError(error)) throw error;
        failure = error;
      } finally {
        active = '';
      }
      if (this.missing.size === 0) {
        throw new ByteProblem(this.lastOffset, `HDF5 cannot read ${what}${reasonOf(failure)}`);
      }
      await this.fetch(signal);
    }
  }

  /** Forgets the file. */
  close(): void {
    this.pages.clear();
    this.module.FS.unlink(this.path);
  }

  private readInto(target: Uint8Array, at: number, length: number, position: number): number {
    if (active !== this.path) throw new this.module.FS.ErrnoError(EIO);
    this.lastOffset = position;
    const end = Math.min(position + length, this.byteLength);
    if (position >= end) return 0;
    const first = Math.floor(position / PAGE_LENGTH);
    const last = Math.floor((end - 1) / PAGE_LENGTH);
    for (let page = first; page <= last; page += 1) if (!this.pages.has(page)) this.missing.add(page);
    if (this.missing.size > 0) throw new this.module.FS.ErrnoError(EIO);
    for (let page = first; page <= last; page += 1) {
      const bytes = this.pages.get(page);
      if (bytes === undefined) continue;
      // The page that was used last is forgotten last.
      this.pages.delete(page);
      this.pages.set(page, bytes);
      const start = page * PAGE_LENGTH;
      const from = Math.max(0, position - start);
      target.set(bytes.subarray(from, end - start), at + start + from - position);
    }
    return end - position;
  }

  /** Fetches what was missing, neighbours by one read, and forgets what was not used for long. */
  private async fetch(signal: AbortSignal | undefined): Promise<void> {
    const wanted = [...this.missing].toSorted((a, b) => a - b);
    const keep = Math.max(KEPT_PAGES, wanted.length + 64);
    for (const page of this.pages.keys()) {
      if (this.pages.size + wanted.length <= keep) break;
      this.pages.delete(page);
    }
    for (let from = 0; from < wanted.length;) {
      let to = from + 1;
      while (to < wanted.length && wanted[to] === wanted[to - 1] + 1) to += 1;
      const start = wanted[from] * PAGE_LENGTH;
      const end = Math.min((wanted[to - 1] + 1) * PAGE_LENGTH, this.byteLength);
      const bytes = await this.source.read(start, end - start + HEAP_OVERLAP, signal);
      await checkGlobalHeaps(this.source, bytes, start, signal);
      if (bytes.length < end - start) throw new ByteProblem(start + bytes.length, 'the file is shorter than it was');
      for (let page = wanted[from]; page <= wanted[to - 1]; page += 1) {
        const at = page * PAGE_LENGTH - start;
        this.pages.set(page, bytes.slice(at, Math.min(at + PAGE_LENGTH, end - start)));
      }
      from = to;
    }
  }
}

/** The first line of what was thrown, where it says something. */
function reasonOf(failure: unknown): string {
  const text = failure instanceof Error ? failure.message.split('\n', 1)[0].slice(0, 100) : '';
  return text === '' ? '' : ` (${text})`;
}
