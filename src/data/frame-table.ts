import type { Frame, FrameValue } from '../protocol/frames.ts';
import type { FrameHeads } from './provider.ts';
import { emptyRecord } from './frame-key.ts';
import { type ValueCache, descriptionOf } from './value-cache.ts';

const MAX_ENTRIES = 100_000;
const MAX_STALE = 1_000;

/** What is known of the frame at an index: identity, and which value is under which key. */
interface Entry {
  id: string;
  version: number;
  values: Map<string, { hash: string; description: string }>;
  /** Keys that the frame is known not to have. */
  absent: Set<string>;
  /** True when `values` are all. */
  isComplete: boolean;
}

/** The part of a frame that is known, and the keys still to be fetched; `missing` undefined means all. */
export interface KnownPart {
  frame: Frame | undefined;
  missing: string[] | undefined;
}

/** Newest known versions of frames by index, over a cache of their values. */
export class FrameTable {
  readonly #cache: ValueCache;
  readonly #entries = new Map<number, Entry>();
  /** Hashes of versions that are no longer the newest: most of a changed frame is what it was. */
  readonly #stale = new Map<number, string[]>();
  /** Newest hash under each key, and whether it differed from frame to frame. */
  readonly #latest = new Map<string, { hash: string; isVarying: boolean }>();

  constructor(cache: ValueCache) {
    this.#cache = cache;
  }

  /** What is known of `keys` (all when undefined) of the frame at `index`. */
  known(index: number, keys: readonly string[] | undefined): KnownPart {
    const entry = this.#entries.get(index);
    if (entry === undefined) return { frame: undefined, missing: keys?.slice() };
    const frame: Frame = { id: entry.id, index, version: entry.version, hashes: emptyRecord(), data: emptyRecord() };
    const missing: string[] = [];
    for (const key of keys ?? entry.values.keys()) {
      const named = entry.values.get(key);
      const value = named === undefined ? undefined : this.#cache.get(named.hash, named.description);
      if (named !== undefined && value !== undefined) {
        frame.hashes[key] = named.hash;
        frame.data[key] = value;
      } else if (named !== undefined || (!entry.isComplete && !entry.absent.has(key))) missing.push(key);
    }
    if (keys === undefined && !entry.isComplete) return { frame: undefined, missing: undefined };
    return { frame, missing };
  }

  /** Learns a frame that was read with `keys`; gives it back with values that are shared with equal ones. */
  learn(frame: Frame, keys: readonly string[] | undefined, isNewest: boolean): Frame {
    const data = emptyRecord<FrameValue>();
    for (const [key, value] of Object.entries(frame.data)) data[key] = this.#cache.put(frame.hashes[key], value);
    if (isNewest) this.#enter(frame, keys);
    return { ...frame, data };
  }

  #enter({ id, index, version, hashes, data }: Frame, keys: readonly string[] | undefined): void {
    let entry = this.#entries.get(index);
    if (entry === undefined || entry.id !== id || entry.version !== version) {
      entry = { id, version, values: new Map(), absent: new Set(), isComplete: false };
    }
    for (const [key, value] of Object.entries(data)) {
      entry.values.set(key, { hash: hashes[key], description: descriptionOf(value) });
      const latest = this.#latest.get(key);
      if (latest === undefined) this.#latest.set(key, { hash: hashes[key], isVarying: false });
      else this.#latest.set(key, { hash: hashes[key], isVarying: latest.hash !== hashes[key] });
    }
    for (const key of keys ?? []) if (!(key in data)) entry.absent.add(key);
    if (keys === undefined) entry.isComplete = true;
    this.#entries.delete(index);
    this.#entries.set(index, entry);
    this.#stale.delete(index);
    if (this.#entries.size > MAX_ENTRIES) this.#entries.delete(this.#entries.keys().next().value as number);
  }

  /**
   * Hashes that the frame at `index` has under `keys`, as far as they are known, and those it probably has: of its last
   * version, and what stays from frame to frame.
   */
  likely(index: number, keys: readonly string[] | undefined): string[] {
    const hashes = new Set<string>();
    for (const [key, { hash }] of this.#entries.get(index)?.values ?? [])
      if (keys === undefined || keys.includes(key)) hashes.add(hash);
    for (const hash of this.#stale.get(index) ?? []) hashes.add(hash);
    for (const [key, { hash, isVarying }] of this.#latest) {
      if (!isVarying && (keys === undefined || keys.includes(key))) hashes.add(hash);
    }
    return [...hashes];
  }

  /**
   * How much of each of `parts` equal stretches of `count` frames is held under `key`, 0 to 1. The work grows with the
   * frames that are held, not with `count`.
   */
  heldParts(parts: number, count: number, key: string): Float32Array {
    const shares = new Float32Array(parts);
    for (const [index, { values, isComplete }] of this.#entries) {
      const hash = values.get(key)?.hash;
      const isHeld = hash === undefined ? isComplete : this.#cache.has(hash);
      if (isHeld && index < count) shares[Math.floor((index * parts) / count)] += 1;
    }
    for (let part = 0; part < parts; part += 1) {
      const length = Math.ceil(((part + 1) * count) / parts) - Math.ceil((part * count) / parts);
      if (length > 0) shares[part] /= length;
    }
    return shares;
  }

  /** Forgets what frames `ids` hold, or everything about every index, but for what `heads` says is newest. */
  invalidate(ids: readonly string[] | undefined, heads: FrameHeads = {}): void {
    const named = ids === undefined ? undefined : new Set(ids);
    for (const [index, entry] of this.#entries) {
      if (named !== undefined && !named.has(entry.id)) continue;
      const renewed =
        named !== undefined && Object.hasOwn(heads, entry.id) ? this.#renewed(entry, heads[entry.id]) : undefined;
      if (renewed !== undefined) {
        this.#entries.set(index, renewed);
        continue;
      }
      this.#entries.delete(index);
      this.#stale.set(
        index,
        Array.from(entry.values.values(), ({ hash }) => hash),
      );
      if (this.#stale.size > MAX_STALE) this.#stale.delete(this.#stale.keys().next().value as number);
    }
  }

  /** An entry as it is now; undefined where that cannot be told, because a key may be gone or be what the file says. */
  #renewed({ id, values, absent, isComplete }: Entry, { version, hashes }: FrameHeads[string]): Entry | undefined {
    for (const key of values.keys()) if (!Object.hasOwn(hashes, key)) return undefined;
    const renewed: Entry = { id, version, values: new Map(), absent: new Set(absent), isComplete };
    for (const [key, hash] of Object.entries(hashes)) {
      const before = values.get(key);
      const description = before?.hash === hash ? before.description : this.#cache.descriptionUnder(hash);
      // Known to be there, whatever it is: it is fetched when it is asked for.
      renewed.values.set(key, { hash, description: description ?? '' });
      renewed.absent.delete(key);
    }
    return renewed;
  }
}
