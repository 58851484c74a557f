/** Id of the frame at `index` of the file behind a room. */
export function sourceFrameId(index: number): string {
  return `f${index}`;
}

const SOURCE_ID = /^f(0|[1-9][0-9]{0,14})$/;

/** Index in the file of a frame id; undefined for frames that came later. */
export function sourceFrameIndex(id: string): number | undefined {
  return SOURCE_ID.test(id) ? Number(id.slice(1)) : undefined;
}

/** Frames `[start, stop)` of the file, or frames named one by one. `offset` counts the frames before it. */
type Run = { start: number; stop: number; offset: number } | { ids: string[]; offset: number };

/** Longest list of ids in one run; longer ones are split so that an insertion moves few of them. */
const MAX_RUN_LENGTH = 1_024;

/**
 * Which frame is at which index. The frames of a file are runs without a list of ids, the last one open at its end, so
 * that a file of any length costs nothing and may still be being indexed.
 */
export class FrameOrder {
  #runs: Run[] = [];
  readonly #runOf = new Map<string, Run>();
  #sourceCount = 0;
  #count = 0;
  #isStale = true;

  constructor(options: { hasSource: boolean }) {
    if (options.hasSource) this.#runs.push({ start: 0, stop: Infinity, offset: 0 });
  }

  /** Number of frames. */
  get count(): number {
    this.#refresh();
    return this.#count;
  }

  /** Frames found so far in the file behind the room. */
  set sourceCount(count: number) {
    if (count === this.#sourceCount) return;
    this.#sourceCount = count;
    this.#isStale = true;
  }

  /** Id at `index`; undefined outside `[0, count)`. */
  at(index: number): string | undefined {
    this.#refresh();
    if (!Number.isInteger(index) || index < 0 || index >= this.#count) return undefined;
    const run = this.#runs[this.#runIndexAt(index)];
    return 'ids' in run ? run.ids[index - run.offset] : sourceFrameId(run.start + index - run.offset);
  }

  /** Index of `id`; undefined when no frame has it. */
  indexOf(id: string): number | undefined {
    this.#refresh();
    const run = this.#find(id);
    if (run === undefined) return undefined;
    if ('ids' in run) return run.offset + run.ids.indexOf(id);
    const source = sourceFrameIndex(id) as number;
    return source < this.#sourceCount ? run.offset + source - run.start : undefined;
  }

  has(id: string): boolean {
    return this.indexOf(id) !== undefined;
  }

  /** The frame before `id`: null when it is the first, undefined when there is no such frame. */
  before(id: string): string | null | undefined {
    const index = this.indexOf(id);
    if (index === undefined) return undefined;
    return index === 0 ? null : this.at(index - 1);
  }

  /** Puts `ids` after the frame `after`; null is the front, undefined the end. */
  insert(ids: readonly string[], after?: string | null): void {
    this.#isStale = true;
    const host = typeof after === 'string' ? this.#runOf.get(after) : this.#runs.at(after === null ? 0 : -1);
    if (host !== undefined && 'ids' in host && host.ids.length + ids.length <= MAX_RUN_LENGTH) {
      const place = typeof after === 'string' ? host.ids.indexOf(after) + 1 : after === null ? 0 : host.ids.length;
      host.ids.splice(place, 0, ...ids);
      for (const id of ids) this.#runOf.set(id, host);
      return;
    }
    const at = after === undefined ? this.#runs.length : after === null ? 0 : this.#splitAfter(after);
    const fresh: Run[] = [];
    for (let i = 0; i < ids.length; i += MAX_RUN_LENGTH / 2) {
      const run: Run = { ids: ids.slice(i, i + MAX_RUN_LENGTH / 2), offset: 0 };
      for (const id of run.ids) this.#runOf.set(id, run);
      fresh.push(run);
    }
    this.#runs = [...this.#runs.slice(0, at), ...fresh, ...this.#runs.slice(at)];
  }

  /** Takes a frame out; false when it is not there. */
  remove(id: string): boolean {
    const run = this.#find(id);
    if (run === undefined) return false;
    const at = this.#runs.indexOf(run);
    if ('ids' in run) {
      run.ids.splice(run.ids.indexOf(id), 1);
      this.#runOf.delete(id);
      if (run.ids.length === 0) this.#runs.splice(at, 1);
    } else {
      const source = sourceFrameIndex(id) as number;
      const parts = [
        { start: run.start, stop: source, offset: 0 },
        { start: source + 1, stop: run.stop, offset: 0 },
      ].filter((part) => part.start < part.stop);
      this.#runs.splice(at, 1, ...parts);
    }
    this.#isStale = true;
    return true;
  }

  /** Ids from index `from` on, at most `limit`. */
  slice(from: number, limit: number): string[] {
    const ids: string[] = [];
    const stop = Math.min(this.count, from + limit);
    for (let index = from; index < stop; index += 1) ids.push(this.at(index) as string);
    return ids;
  }

  #find(id: string): Run | undefined {
    const listed = this.#runOf.get(id);
    if (listed !== undefined) return listed;
    const source = sourceFrameIndex(id);
    if (source === undefined) return undefined;
    return this.#runs.find((run) => 'start' in run && run.start <= source && source < run.stop);
  }

  /** Makes a border after the frame `id` and returns the place of the run that follows it. */
  #splitAfter(id: string): number {
    const run = this.#find(id);
    // Records are checked before they are written; should one name a lost frame even so, the end beats a dead room.
    if (run === undefined) return this.#runs.length;
    const at = this.#runs.indexOf(run);
    if ('ids' in run) {
      const cut = run.ids.indexOf(id) + 1;
      if (cut === run.ids.length) return at + 1;
      const rest: Run = { ids: run.ids.splice(cut), offset: 0 };
      for (const moved of rest.ids) this.#runOf.set(moved, rest);
      this.#runs.splice(at + 1, 0, rest);
      return at + 1;
    }
    const cut = (sourceFrameIndex(id) as number) + 1;
    if (cut === run.stop) return at + 1;
    this.#runs.splice(at + 1, 0, { start: cut, stop: run.stop, offset: 0 });
    run.stop = cut;
    return at + 1;
  }

  #runIndexAt(index: number): number {
    let low = 0;
    let high = this.#runs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#runs[middle].offset <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #refresh(): void {
    if (!this.#isStale) return;
    let offset = 0;
    for (const run of this.#runs) {
      run.offset = offset;
      offset += 'ids' in run ? run.ids.length : Math.max(0, Math.min(run.stop, this.#sourceCount) - run.start);
    }
    this.#count = offset;
    this.#isStale = false;
  }
}
