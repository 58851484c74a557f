import { familyOf, idAt, type IdFamily, numberIn, SOURCE_FAMILY } from './id-family.ts';

/** Index in the file of a frame id; undefined for frames that came later. */
export function sourceFrameIndex(id: string): number | undefined {
  return numberIn(SOURCE_FAMILY, id);
}

/** Frames `[start, stop)` of a family of ids, the file's or those of a large insertion. */
interface FamilyRun {
  family: IdFamily;
  start: number;
  stop: number;
  /** Frames before it. */
  offset: number;
}

/** Many frames in a row; those of no family are named one by one. */
type Run = FamilyRun | { ids: string[]; offset: number };

/** Longest list of ids in one run; longer ones are split so that an insertion moves few of them. */
const MAX_RUN_LENGTH = 1_024;

/**
 * Which frame is at which index. The frames of a file, and those of a large insertion, are runs without a list of ids, so
 * that a million of them cost nothing; the last run of a file is open at its end, as it may still be being indexed.
 */
export class FrameOrder {
  #runs: Run[] = [];
  readonly #runOf = new Map<string, Run>();
  /** Runs of each family, by the beginning of its ids. */
  readonly #familyRuns = new Map<string, FamilyRun[]>();
  #sourceCount = 0;
  #count = 0;
  #isStale = true;

  constructor(options: { hasSource: boolean }) {
    if (!options.hasSource) return;
    const run = { family: SOURCE_FAMILY, start: 0, stop: Infinity, offset: 0 };
    this.#runs.push(run);
    this.#familyRuns.set(SOURCE_FAMILY.prefix, [run]);
  }

  /** Number of frames. */
  get count(): number {
    this.#refresh();
    return this.#count;
  }

  /** Frames found so far in the file behind the room. */
  get sourceCount(): number {
    return this.#sourceCount;
  }

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
    return 'ids' in run ? run.ids[index - run.offset] : idAt(run.family, run.start + index - run.offset);
  }

  /** Index of `id`; undefined when no frame has it. */
  indexOf(id: string): number | undefined {
    this.#refresh();
    const run = this.#find(id);
    if (run === undefined) return undefined;
    if ('ids' in run) return run.offset + run.ids.indexOf(id);
    const number = numberIn(run.family, id) as number;
    return number < this.#stopOf(run) ? run.offset + number - run.start : undefined;
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
    const first = ids.length < MAX_RUN_LENGTH ? undefined : familyOf(ids[0]);
    const isFamily = first !== undefined && first.family !== SOURCE_FAMILY;
    if (isFamily && ids.every((id, i) => numberIn(first.family, id) === first.number + i)) {
      this.insertRun({ family: first.family, start: first.number, count: ids.length }, after);
      return;
    }
    const host = typeof after === 'string' ? this.#runOf.get(after) : this.#runs.at(after === null ? 0 : -1);
    if (host !== undefined && 'ids' in host && host.ids.length + ids.length <= MAX_RUN_LENGTH) {
      const place = typeof after === 'string' ? host.ids.indexOf(after) + 1 : after === null ? 0 : host.ids.length;
      host.ids.splice(place, 0, ...ids);
      for (const id of ids) this.#runOf.set(id, host);
      return;
    }
    const fresh: Run[] = [];
    for (let i = 0; i < ids.length; i += MAX_RUN_LENGTH / 2) {
      const run: Run = { ids: ids.slice(i, i + MAX_RUN_LENGTH / 2), offset: 0 };
      for (const id of run.ids) this.#runOf.set(id, run);
      fresh.push(run);
    }
    this.#insertRuns(fresh, after);
  }

  /** Puts frames with ids that are numbered without gap after the frame `after`, as {@link insert} does. */
  insertRun({ family, start, count }: { family: IdFamily; start: number; count: number }, after?: string | null): void {
    this.#isStale = true;
    const run = { family, start, stop: start + count, offset: 0 };
    this.#insertRuns([run], after);
    this.#familyRuns.set(family.prefix, [...(this.#familyRuns.get(family.prefix) ?? []), run]);
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
      const number = numberIn(run.family, id) as number;
      const parts = [
        { family: run.family, start: run.start, stop: number, offset: 0 },
        { family: run.family, start: number + 1, stop: run.stop, offset: 0 },
      ].filter((part) => part.start < part.stop);
      this.#runs.splice(at, 1, ...parts);
      this.#replaceFamilyRun(run, parts);
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
    const named = familyOf(id);
    if (named === undefined) return undefined;
    const { family, number } = named;
    return this.#familyRuns.get(family.prefix)?.find((run) => run.start <= number && number < run.stop);
  }

  #insertRuns(fresh: readonly Run[], after: string | null | undefined): void {
    const at = after === undefined ? this.#runs.length : after === null ? 0 : this.#splitAfter(after);
    this.#runs = [...this.#runs.slice(0, at), ...fresh, ...this.#runs.slice(at)];
  }

  #replaceFamilyRun(run: FamilyRun, parts: readonly FamilyRun[]): void {
    const others = (this.#familyRuns.get(run.family.prefix) ?? []).filter((other) => other !== run);
    this.#familyRuns.set(run.family.prefix, [...others, ...parts]);
  }

  #stopOf(run: FamilyRun): number {
    return run.family === SOURCE_FAMILY ? Math.min(run.stop, this.#sourceCount) : run.stop;
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
    const cut = (numberIn(run.family, id) as number) + 1;
    if (cut === run.stop) return at + 1;
    const rest = { family: run.family, start: cut, stop: run.stop, offset: 0 };
    run.stop = cut;
    this.#runs.splice(at + 1, 0, rest);
    this.#replaceFamilyRun(run, [run, rest]);
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
      offset += 'ids' in run ? run.ids.length : Math.max(0, this.#stopOf(run) - run.start);
    }
    this.#count = offset;
    this.#isStale = false;
  }
}
