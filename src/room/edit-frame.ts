import { assertSendable } from '../data/assert-sendable.ts';
import { diffFrames, type FramePatch } from '../data/delta.ts';
import type { CommitResult, WriteOptions } from '../data/provider.ts';
import { isCovalenceError } from '../protocol/errors.ts';
import { type Frame, type FrameArray, type FrameData, type FrameValue, isFrameArray } from '../protocol/frames.ts';
import type { FrameLock } from './frame-lock.ts';

/** The values of a frame to be written into; arrays are copies. Keys that it was not read with are missing. */
export type FrameDraft = Record<string, FrameValue> & { positions: FrameArray };

/** Values that take the place of those in a draft; null takes a value away, also one that was not read. */
export type EditChanges = Record<string, FrameValue | null>;

/** Changes a draft in place, or returns values that take the place of those in the draft. `delete draft.key` removes. */
export type EditRecipe = (draft: FrameDraft) => EditChanges | void | Promise<EditChanges | void>;

/** How a frame is edited. */
export interface EditOptions {
  /** Holds the lock of the frame meanwhile; with a message for those who are kept out. */
  lock?: boolean | { message?: string };
  /** Token of a lock that is held already. */
  lockToken?: string;
  /** Of an edit whose answer was lost (`idempotency_key` of its `server/unreachable`): it happens once. */
  idempotencyKey?: string;
  /**
   * When somebody was faster: `fail` rejects with `frame/conflict`; `rebase-disjoint` repeats the same change if theirs
   * touched other keys, else rejects; `reapply` runs the recipe again on the newest version. Default `fail`.
   */
  onConflict?: 'fail' | 'rebase-disjoint' | 'reapply';
  /** Keys to read for the recipe when the frame is named by its id; all when left out. */
  data?: readonly string[];
  signal?: AbortSignal;
}

/** What editing needs of the room. */
export interface EditGround {
  readById(id: string, options: { data?: readonly string[]; signal?: AbortSignal }): Promise<Frame>;
  patch(id: string, patch: FramePatch, options: WriteOptions): Promise<CommitResult>;
  lock(id: string, options: { message?: string; signal?: AbortSignal }): Promise<FrameLock>;
}

/** A change that is always overtaken is given up after this many attempts; each means that somebody else's was stored. */
const MAX_ATTEMPTS = 64;

/** {@link RoomFrames.edit}. */
export async function editFrame(
  ground: EditGround,
  frame: Frame | string,
  recipe: EditRecipe,
  options: EditOptions = {},
): Promise<CommitResult | undefined> {
  const { lock: wish, lockToken, signal } = options;
  const id = typeof frame === 'string' ? frame : frame.id;
  if (wish === undefined || wish === false) return await change(ground, frame, recipe, options, lockToken);
  const message = wish === true ? undefined : wish.message;
  const lock = await ground.lock(id, { ...(message !== undefined && { message }), ...(signal && { signal }) });
  try {
    return await change(ground, frame, recipe, options, lock.token);
  } finally {
    await lock.release();
  }
}

async function change(
  ground: EditGround,
  frame: Frame | string,
  recipe: EditRecipe,
  { onConflict = 'fail', data, signal, idempotencyKey }: EditOptions,
  lockToken: string | undefined,
): Promise<CommitResult | undefined> {
  const how = { ...(lockToken !== undefined && { lockToken }), ...(signal && { signal }) };
  const reading = { ...(data && { data }), ...(signal && { signal }) };
  let base = typeof frame === 'string' ? await ground.readById(frame, reading) : frame;
  let patch = await patchOf(base, recipe);
  let baseVersion = base.version;
  let once = idempotencyKey === undefined ? {} : { idempotencyKey };
  for (let attempt = 1; ; attempt += 1) {
    if (Object.keys(patch).length === 0) return undefined;
    try {
      return await ground.patch(base.id, patch, { baseVersion, ...how, ...once });
    } catch (error) {
      // What is written after a conflict is another change.
      once = {};
      if (onConflict === 'fail' || attempt >= MAX_ATTEMPTS || !isCovalenceError(error, 'frame/conflict')) throw error;
      if (onConflict === 'rebase-disjoint') {
        const { version, conflicting_keys: colliding } = error.fields;
        const isDisjoint = Array.isArray(colliding) && colliding.length === 0 && typeof version === 'number';
        if (!isDisjoint) throw error;
        baseVersion = version;
        continue;
      }
      base = await ground.readById(base.id, { data: Object.keys(base.data), ...(signal && { signal }) });
      patch = await patchOf(base, recipe);
      baseVersion = base.version;
    }
  }
}

async function patchOf(base: Frame, recipe: EditRecipe): Promise<FramePatch> {
  const draft: FrameData = {};
  for (const [key, value] of Object.entries(base.data)) {
    draft[key] = isFrameArray(value) ? { ...value, data: value.data.slice() } : value;
  }
  const given = await recipe(draft as FrameDraft);
  const unread = putChanges(draft, given ?? {}).filter((key) => !Object.hasOwn(base.data, key));
  assertSendable(draft);
  const patch = diffFrames(base.data, draft);
  for (const key of unread) patch[key] = null;
  return patch;
}

/** Puts what a recipe returned into its draft; the keys it took away. */
export function putChanges(draft: FrameData, changes: EditChanges): string[] {
  const gone: string[] = [];
  for (const [key, value] of Object.entries(changes)) {
    if (value !== null) draft[key] = value;
    else {
      delete draft[key];
      gone.push(key);
    }
  }
  return gone;
}
