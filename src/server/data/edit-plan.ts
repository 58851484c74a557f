import { CovalenceError } from '../../protocol/errors.ts';
import { checkFrameData } from '../../data/check-frame.ts';
import { applyDelta, type FramePatch, isArrayDelta } from '../../data/delta.ts';
import { emptyRecord, isPerAtom, normaliseFrameKey, unknownFrameKey } from '../../data/frame-key.ts';
import { type FrameData, type FrameValue, isFrameArray } from '../../protocol/frames.ts';
import type { RecordOp, StoredKeys, StoredValue } from './commit-record.ts';
import type { FrameEdit, Place } from './frame-edit.ts';
import { sourceFrameIndex } from './frame-order.ts';
import type { RoomState } from './room-state.ts';

/** What planning needs of the room. */
export interface EditGround {
  state: RoomState;
  /** A value of a frame at a version; undefined when it has none. */
  value(id: string, version: number, key: string): Promise<FrameValue | undefined>;
  /** Atoms of a frame at a version, as its per-atom values other than `without` have it; undefined when they are none. */
  atomCount(id: string, version: number, without: ReadonlySet<string>): Promise<number | undefined>;
  /** Makes a value durable. */
  store(value: FrameValue): Promise<StoredValue>;
}

/** An edit whose values are checked and stored; what remains is to look whether it still applies. */
export type StagedEdit =
  | { op: 'set'; id: string; baseVersion: number; keys: StoredKeys; whole: boolean }
  | ({ op: 'insert'; frames: readonly StoredKeys[] } & Place)
  | { op: 'remove'; id: string; baseVersion: number }
  | ({ op: 'move'; id: string } & Place);

/** Checks and stores the values of `edits`. Nothing is visible yet; what is stored and not committed is collected later. */
export async function stageEdits(
  ground: EditGround,
  edits: readonly FrameEdit[],
  signal?: AbortSignal,
): Promise<StagedEdit[]> {
  const staged: StagedEdit[] = [];
  for (const edit of edits) {
    signal?.throwIfAborted();
    staged.push(await stageEdit(ground, edit));
  }
  signal?.throwIfAborted();
  return staged;
}

async function stageEdit(ground: EditGround, edit: FrameEdit): Promise<StagedEdit> {
  switch (edit.op) {
    case 'insert': {
      const frames = await storeFrames(ground, edit.frames);
      if (frames.length === 0) throw new CovalenceError('request/invalid', 'The list of frames to insert is empty.');
      return { ...edit, frames };
    }
    case 'replace':
      assertBase(ground.state, edit.id, edit.baseVersion, Object.keys(edit.data));
      return {
        op: 'set',
        id: edit.id,
        baseVersion: edit.baseVersion,
        keys: await storeFrame(ground, edit.data),
        whole: true,
      };
    case 'patch':
      return stagePatch(ground, edit);
    default:
      return edit;
  }
}

/** Frames that are on their way to the disk at once, so that they share a sync. */
const FRAMES_AT_ONCE = 64;
/** Of long frames fewer, so that an upload is never in memory as a whole. */
const BYTES_AT_ONCE = 8 * 1024 * 1024;

async function storeFrames(
  ground: EditGround,
  frames: Iterable<FrameData> | AsyncIterable<FrameData>,
): Promise<StoredKeys[]> {
  const stored: StoredKeys[] = [];
  let storing: Promise<StoredKeys>[] = [];
  let byteLength = 0;
  try {
    for await (const data of frames) {
      const task = storeFrame(ground, data);
      // It is waited for below; meanwhile the next frame may still be on its way.
      task.catch(() => undefined);
      storing.push(task);
      for (const value of Object.values(data)) if (isFrameArray(value)) byteLength += value.data.byteLength;
      if (storing.length < FRAMES_AT_ONCE && byteLength < BYTES_AT_ONCE) continue;
      stored.push(...(await Promise.all(storing)));
      storing = [];
      byteLength = 0;
    }
    return [...stored, ...(await Promise.all(storing))];
  } finally {
    // Whoever is told that it failed finds nothing of it still on its way to the disk.
    await Promise.allSettled(storing);
  }
}

/** Checks and stores all values of a new frame. */
async function storeFrame(ground: EditGround, data: FrameData): Promise<StoredKeys> {
  const checked = Object.entries(checkFrameData(data));
  const stored = await allOf(checked.map(([, value]) => ground.store(value)));
  // A plain object takes a third of one without prototype; names that mean something to it were refused above.
  const keys: Record<string, StoredValue> = {};
  for (const [i, [key]] of checked.entries()) keys[key] = stored[i];
  return keys;
}

/** As Promise.all, and ended when every one has. */
async function allOf<T>(tasks: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(tasks);
  return Promise.all(tasks);
}

async function stagePatch(ground: EditGround, edit: FrameEdit & { op: 'patch' }): Promise<StagedEdit> {
  const { id, baseVersion } = edit;
  const named = canonicalNames(edit.data);
  if (named.size === 0) {
    throw new CovalenceError('request/invalid', `The change of frame "${id}" names no value.`, { frame: id });
  }
  assertBase(ground.state, id, baseVersion, [...named.keys()]);
  const given = emptyRecord<FrameValue>();
  const keys = emptyRecord<StoredValue | null>();
  for (const [key, value] of named) {
    keys[key] = null;
    if (value === null) continue;
    if (!isArrayDelta(value)) {
      given[key] = value;
      continue;
    }
    const base = await ground.value(id, baseVersion, key);
    if (base === undefined) throw unknownFrameKey(key, []);
    given[key] = applyDelta(key, base, value);
  }
  const speaksOfAtoms = Object.keys(given).some(isPerAtom);
  const atomCount = speaksOfAtoms ? await ground.atomCount(id, baseVersion, new Set(named.keys())) : undefined;
  const checked = Object.entries(checkFrameData(given, { atomCount }));
  const stored = await allOf(checked.map(([, value]) => ground.store(value)));
  for (const [i, [key]] of checked.entries()) keys[key] = stored[i];
  return { op: 'set', id, baseVersion, keys, whole: false };
}

function canonicalNames(data: FramePatch): Map<string, FramePatch[string]> {
  const named = new Map<string, FramePatch[string]>();
  for (const [given, value] of Object.entries(data)) {
    const key = normaliseFrameKey(given);
    if (named.has(key)) throw new CovalenceError('request/invalid', `"${key}" is given twice.`, { key });
    named.set(key, value);
  }
  return named;
}

/**
 * The operations of a record for edits that still apply; runs at the moment of writing. Throws `frame/conflict` when a
 * frame changed, `frame/not-found`, `request/invalid` when edits of one commit stand in each other's way.
 */
export function planOps(state: RoomState, edits: readonly StagedEdit[], newId: (index: number) => string): RecordOp[] {
  const ops: RecordOp[] = [];
  const touched = new Set<string>();
  const anchors = new Set<string>();
  const removed = new Set<string>();
  let inserted = 0;
  for (const edit of edits) {
    if (edit.op !== 'insert') {
      if (touched.has(edit.id)) {
        throw new CovalenceError('request/invalid', `One commit can change frame "${edit.id}" only once.`, {
          frame: edit.id,
        });
      }
      touched.add(edit.id);
    }
    switch (edit.op) {
      case 'set':
        assertBase(state, edit.id, edit.baseVersion, Object.keys(edit.keys));
        ops.push({
          op: 'set',
          id: edit.id,
          version: edit.baseVersion + 1,
          keys: edit.keys,
          ...(edit.whole ? { ground: 'empty' as const } : {}),
        });
        break;
      case 'remove':
        assertBase(state, edit.id, edit.baseVersion);
        ops.push({
          op: 'remove',
          id: edit.id,
          version: edit.baseVersion + 1,
          after: beforeWithout(state, edit.id, removed),
        });
        removed.add(edit.id);
        break;
      case 'insert': {
        const after = anchorOf(state, edit);
        const frames = edit.frames.map((keys) => ({ id: newId(inserted++), version: 1, keys }));
        ops.push({ op: 'insert', ...(after === undefined ? {} : { after }), frames });
        if (typeof after === 'string') anchors.add(after);
        break;
      }
      case 'move': {
        assertThere(state, edit.id);
        const from = beforeWithout(state, edit.id, removed);
        const wanted = anchorOf(state, edit);
        const after = wanted === undefined ? lastOf(state) : wanted;
        ops.push({ op: 'move', id: edit.id, after: after === edit.id ? from : after, from });
        if (typeof after === 'string' && after !== edit.id) anchors.add(after);
      }
    }
  }
  const lost = ops.find((op) => (op.op === 'remove' || op.op === 'move') && anchors.has(op.id));
  if (lost !== undefined && 'id' in lost) {
    throw new CovalenceError(
      'request/invalid',
      `Frame "${lost.id}" is removed or moved by the same commit that puts another frame after it. Use two commits.`,
      { frame: lost.id },
    );
  }
  return ops;
}

function anchorOf(state: RoomState, place: Place): string | null | undefined {
  if (place.after !== undefined && place.before !== undefined) {
    throw new CovalenceError('request/invalid', 'A place is named by "after" or by "before", not by both.');
  }
  if (place.after !== undefined) {
    assertThere(state, place.after);
    return place.after;
  }
  if (place.before === undefined) return undefined;
  assertThere(state, place.before);
  return state.order.before(place.before) ?? null;
}

/** The frame before `id` that is not in `removed`, so that undoing the removals last first finds every place. */
function beforeWithout(state: RoomState, id: string, removed: ReadonlySet<string>): string | null {
  let before = state.order.before(id) ?? null;
  while (before !== null && removed.has(before)) before = state.order.before(before) ?? null;
  return before;
}

function lastOf(state: RoomState): string | null {
  return state.order.at(state.order.count - 1) ?? null;
}

function whyNot(state: RoomState, id: string): string {
  if (state.history(id)?.at(-1)?.isRemoved === true) return '; it was removed';
  if (state.source === undefined || sourceFrameIndex(id) === undefined) return '';
  return `; so far ${state.order.sourceCount} frames were found in the file`;
}

/** Throws `frame/not-found` unless the frame is in the trajectory. */
export function assertThere(state: RoomState, id: string): void {
  if (state.has(id)) return;
  throw new CovalenceError('frame/not-found', `There is no frame "${id}"${whyNot(state, id)}.`, { frame: id });
}

/** Throws `frame/conflict`, naming what changed since, unless the newest version of the frame is `baseVersion`. */
export function assertBase(state: RoomState, id: string, baseVersion: number, keys: readonly string[] = []): void {
  assertThere(state, id);
  const version = state.version(id) as number;
  if (version === baseVersion) return;
  const changed = state.keysChangedSince(id, baseVersion);
  const hashes: Record<string, string> = {};
  for (const [key, value] of state.head(id)?.keys ?? []) if (value !== null) hashes[key] = value.hash;
  const conflicting = keys.filter((key) => changed.isWhole || changed.keys.includes(key));
  throw new CovalenceError(
    'frame/conflict',
    `Frame "${id}" is at version ${version}, the change was made on version ${baseVersion}. Read it again` +
      (conflicting.length > 0
        ? `; ${conflicting.join(', ')} changed meanwhile.`
        : ', or repeat the change on top of it.'),
    {
      frame: id,
      base_version: baseVersion,
      version,
      hashes,
      changed_keys: changed.keys,
      conflicting_keys: conflicting,
    },
  );
}
