import type { CommitRecord, RecordOp, SourceIdentity, StoredKeys, StoredValue } from './commit-record.ts';
import { FrameOrder, sourceFrameIndex } from './frame-order.ts';
import { familyOf } from './id-family.ts';
import type { PackedFrames } from './packed-frames.ts';
import { PackedInsert } from './packed-insert.ts';
import { ValueIndex } from './value-index.ts';

/** What one record did to a frame. */
export interface FrameEntry {
  version: number;
  seq: number;
  keys: StoredKeys;
  /** What shows where `keys` has nothing: the version before, nothing, or the file. */
  ground: 'earlier' | 'empty' | 'source';
  isRemoved: boolean;
}

/** A frame at one version, as far as the log knows it. */
export interface FrameHead {
  version: number;
  /** True when keys that are not in `keys` come from the file behind the room. */
  hasSource: boolean;
  /** Stored values by key; null where a value of the file is taken away. */
  keys: ReadonlyMap<string, StoredValue | null>;
}

/** A lock as the log knows it; whether its lease still runs is known elsewhere. */
export interface HeldLock {
  name: string;
  session: string;
  holder?: string;
  message?: string;
  token: string;
  ttlMs: number;
  fence: number;
}

/** Answers to this many idempotency keys are remembered. */
const REMEMBERED_KEYS = 100_000;

/** What the records of a log add up to. Equal records give equal states, in every process. */
export class RoomState {
  seq = 0;
  /** Records that did more than grant and release locks. */
  changes = 0;
  /** Seq of the newest record after which frames have other indices; frames added at the end leave them. */
  orderSeq = 0;
  epoch = '';
  requireLock = false;
  source: SourceIdentity | undefined;
  order: FrameOrder = new FrameOrder({ hasSource: false });
  readonly locks: Map<string, HeldLock> = new Map();
  /** Seq of the record that answered each idempotency key. */
  readonly answered: Map<string, number> = new Map();
  readonly records: CommitRecord[] = [];
  /** The undoing record of each undone one; redone ones are not in it. */
  readonly undone: Map<number, number> = new Map();
  /** Newest heads of frames with several versions, so that a long history costs nothing. */
  readonly #heads = new Map<string, FrameHead>();
  /** Bytes of the blobs that any version of any frame names, each counted once. */
  blobByteLength = 0;
  #values = new ValueIndex();
  readonly #frames = new Map<string, FrameEntry[]>();
  /** Frames that came with a large insertion and were not changed since, by the beginning of their ids. */
  readonly #packed = new Map<string, { frames: PackedFrames; seq: number }[]>();

  /** Begins with the frames of another state, which is given up. Called before the first record. */
  standOn(ground: RoomState): void {
    this.source = ground.source;
    this.order = ground.order;
    for (const [id, entries] of ground.#frames) this.#frames.set(id, entries);
    for (const [id, head] of ground.#heads) this.#heads.set(id, head);
    for (const [prefix, packed] of ground.#packed) this.#packed.set(prefix, packed);
    this.#values = ground.#values;
    this.blobByteLength = ground.blobByteLength;
  }

  /** Adds one record, which must be the next. */
  apply(record: CommitRecord): void {
    if (record.seq !== this.seq + 1) throw new RangeError(`record ${record.seq} cannot follow ${this.seq}`);
    this.seq = record.seq;
    this.records.push(record);
    if (!record.ops.every(({ op }) => op === 'lock' || op === 'unlock')) this.changes += 1;
    for (const op of record.ops) this.#applyOp(op, record.seq);
    if (record.ops.some(movesIndices)) this.orderSeq = record.seq;
    if (record.idempotencyKey !== undefined) this.#remember(record.idempotencyKey, record.seq);
    if (record.undo !== undefined) this.undone.set(record.undo, record.seq);
    if (record.redo !== undefined) this.undone.delete(record.redo);
  }

  /** Whether a frame of this id is in the trajectory now. */
  has(id: string): boolean {
    return this.order.has(id);
  }

  /** Whether the log ever named a frame of this id. */
  isNamed(id: string): boolean {
    return this.#frames.has(id) || this.#insertedAs(id) !== undefined;
  }

  /** The changes of a frame, oldest first; undefined when the log never named it. */
  history(id: string): readonly FrameEntry[] | undefined {
    const entries = this.#frames.get(id);
    if (entries !== undefined) return entries;
    const inserted = this.#insertedAs(id);
    if (inserted === undefined) return undefined;
    const { version, keys } = inserted.frames.frame(inserted.index);
    return [{ version, seq: inserted.seq, keys, ground: 'empty', isRemoved: false }];
  }

  /** Newest version of a frame; undefined when it never was. Frames of the file begin with version 1. */
  version(id: string): number | undefined {
    const entries = this.#frames.get(id);
    if (entries !== undefined) return (entries.at(-1) as FrameEntry).version;
    const inserted = this.#insertedAs(id);
    if (inserted !== undefined) return inserted.frames.version(inserted.index);
    return this.order.has(id) ? 1 : undefined;
  }

  /** The frame at `version` (default newest); undefined when there is no such version. */
  head(id: string, version?: number): FrameHead | undefined {
    const entries = this.history(id);
    const isOfSource = this.source !== undefined && sourceFrameIndex(id) !== undefined;
    if (entries === undefined) {
      return isOfSource && (version ?? 1) === 1 ? { version: 1, hasSource: true, keys: new Map() } : undefined;
    }
    const newest = entries[entries.length - 1].version;
    if (version !== undefined && version !== newest) return headAt(entries, version, isOfSource);
    const known = this.#heads.get(id);
    if (known !== undefined) return known;
    const head = headAt(entries, newest, isOfSource);
    // Frames that never changed are made anew each time: a million of them would cost more to remember.
    if (entries.length > 1 && head !== undefined) this.#heads.set(id, head);
    return head;
  }

  /** Keys whose value differs between version `since` and now; `isWhole` when values of the file came or went too. */
  keysChangedSince(id: string, since: number): { keys: string[]; isWhole: boolean } {
    const before = this.head(id, since);
    const now = this.head(id);
    if (before === undefined || now === undefined) return { keys: [], isWhole: true };
    const names = new Set([...before.keys.keys(), ...now.keys.keys()]);
    const keys = [...names].filter((key) => labelOf(before, key) !== labelOf(now, key));
    return { keys, isWhole: before.hasSource !== now.hasSource };
  }

  /** Frames whose log entries exist, changed last first, at most `limit`. */
  recentlyChanged(limit: number): string[] {
    const ids = new Set<string>();
    for (let i = this.records.length - 1; i >= 0 && ids.size < limit; i -= 1) {
      for (const op of this.records[i].ops) for (const id of idsOf(op)) ids.add(id);
    }
    return [...ids].filter((id) => this.has(id)).slice(0, limit);
  }

  /** A stored value of this hash that some version of some frame names. */
  valueByHash(hash: string): StoredValue | undefined {
    return this.#values.get(hash);
  }

  /** Every stored value that any version of any frame names, each hash once. */
  values(): Iterable<StoredValue> {
    return this.#values.values();
  }

  #applyOp(op: RecordOp, seq: number): void {
    switch (op.op) {
      case 'room':
        this.epoch = op.epoch;
        // With a base, frames and file are those of the base already.
        if (op.base !== undefined) return;
        this.source = op.source;
        this.order = new FrameOrder({ hasSource: op.source !== undefined });
        return;
      case 'policy':
        this.requireLock = op.requireLock;
        return;
      case 'set':
        this.#enter(op.id, {
          version: op.version,
          seq,
          keys: op.keys,
          ground: op.ground ?? 'earlier',
          isRemoved: false,
        });
        return;
      case 'insert':
        if (op instanceof PackedInsert) {
          this.#insertPacked(op, seq);
          return;
        }
        for (const { id, version, keys } of op.frames)
          this.#enter(id, { version, seq, keys, ground: 'empty', isRemoved: false });
        this.order.insert(
          op.frames.map((frame) => frame.id),
          op.after,
        );
        return;
      case 'remove':
        this.#enter(op.id, { version: op.version, seq, keys: {}, ground: 'earlier', isRemoved: true });
        this.order.remove(op.id);
        return;
      case 'restore':
        this.#enter(op.id, { version: op.version, seq, keys: {}, ground: 'earlier', isRemoved: false });
        this.order.insert([op.id], op.after);
        return;
      case 'move':
        this.order.remove(op.id);
        this.order.insert([op.id], op.after);
        return;
      case 'lock': {
        const { op: _op, ...lock } = op;
        this.locks.set(op.name, { ...lock, fence: seq });
        return;
      }
      case 'unlock':
        if (this.locks.get(op.name)?.fence === op.fence) this.locks.delete(op.name);
    }
  }

  #enter(id: string, entry: FrameEntry): void {
    const entries = this.#frames.get(id);
    if (entries === undefined) this.#frames.set(id, [...(this.history(id) ?? []), entry]);
    else entries.push(entry);
    const head = this.#heads.get(id);
    if (head !== undefined) this.#heads.set(id, headOver(head, entry));
    for (const [key, value] of Object.entries(entry.keys)) {
      if (value === null) continue;
      const known = this.#values.add(value);
      if (known !== undefined) {
        // Equal values of a million frames are one object.
        if (known !== true && known.type === value.type && known.shape === value.shape)
          (entry.keys as Record<string, StoredValue>)[key] = known;
        continue;
      }
      if (value.inline === undefined) this.blobByteLength += value.byteLength;
    }
  }

  #insertPacked({ packed: frames, after }: PackedInsert, seq: number): void {
    const { prefix } = frames.family;
    const packed = { frames, seq };
    const others = this.#packed.get(prefix);
    if (others === undefined) this.#packed.set(prefix, [packed]);
    else others.push(packed);
    this.order.insertRun(frames, after);
    this.blobByteLength += this.#values.addPacked(frames);
  }

  /** Where a frame is in the large insertion it came with. */
  #insertedAs(id: string): { frames: PackedFrames; seq: number; index: number } | undefined {
    if (this.#packed.size === 0) return undefined;
    for (const { frames, seq } of this.#packed.get(familyOf(id)?.family.prefix ?? '') ?? []) {
      const index = frames.indexOf(id);
      if (index !== undefined) return { frames, seq, index };
    }
    return undefined;
  }

  #remember(key: string, seq: number): void {
    this.answered.set(key, seq);
    if (this.answered.size <= REMEMBERED_KEYS) return;
    for (const oldest of this.answered.keys()) {
      this.answered.delete(oldest);
      return;
    }
  }
}

/** Whether frames have other indices after `op`. */
function movesIndices(op: RecordOp): boolean {
  if (op.op === 'insert') return op.after !== undefined;
  return op.op === 'remove' || op.op === 'restore' || op.op === 'move';
}

/** What stands under `key`: a hash, `source` for the file's value, or `none`. */
export function labelOf(head: FrameHead, key: string): string {
  const value = head.keys.get(key);
  if (value === undefined) return head.hasSource ? 'source' : 'none';
  return value === null ? 'none' : value.hash;
}

/** Ids of the frames that `op` adds, changes or takes out. */
export function idsOf(op: RecordOp): string[] {
  if (op instanceof PackedInsert) return op.packed.ids();
  if (op.op === 'insert') return op.frames.map((frame) => frame.id);
  return op.op === 'set' || op.op === 'remove' || op.op === 'restore' || op.op === 'move' ? [op.id] : [];
}

/** The head at `version`, put together from the entries; undefined when there is no such version. */
function headAt(entries: readonly FrameEntry[], version: number, isOfSource: boolean): FrameHead | undefined {
  const first = entries[0].version;
  // Version 1 of a frame of a file is the file's; every later one has an entry.
  if (isOfSource && version === 1 && first === 2) return { version, hasSource: true, keys: new Map() };
  const newest = version - first;
  if (!(newest in entries)) return undefined;
  const keys = new Map<string, StoredValue | null>();
  for (let i = newest; i >= 0; i -= 1) {
    const entry = entries[i];
    for (const [key, value] of Object.entries(entry.keys)) if (!keys.has(key)) keys.set(key, value);
    if (entry.ground === 'empty') return { version, hasSource: false, keys: withoutNulls(keys) };
    if (entry.ground === 'source') break;
  }
  return { version, hasSource: true, keys };
}

/** The head after one more entry. A new object: readers may still hold the one before. */
function headOver(head: FrameHead, { version, ground, keys }: FrameEntry): FrameHead {
  const hasSource = ground === 'source' || (ground === 'earlier' && head.hasSource);
  const merged = new Map(ground === 'earlier' ? head.keys : []);
  for (const [key, value] of Object.entries(keys)) merged.set(key, value);
  return { version, hasSource, keys: hasSource ? merged : withoutNulls(merged) };
}

function withoutNulls(keys: Map<string, StoredValue | null>): Map<string, StoredValue | null> {
  for (const [key, value] of keys) if (value === null) keys.delete(key);
  return keys;
}
