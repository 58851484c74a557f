import { isCovalenceError, type CovalenceError } from '../../protocol/errors.ts';
import type { Frame, FrameData } from '../../protocol/frames.ts';
import { putChanges, type EditRecipe, type FrameDraft } from '../../room/edit-frame.ts';
import type { Room } from '../../room/room.ts';
import { describeChange } from './describe-change.ts';

/** An own change that somebody else was faster than. Nothing of it is stored yet, nothing of it is lost. */
export interface FrameConflict {
  /** The frame as it was when the own change began. */
  base: Frame;
  /** The own change. */
  mine: EditRecipe;
  /** What it does, e.g. "moved 2 atoms by 0.3 Å". */
  mineText: string;
  /** Who was faster, when known. */
  who: string | undefined;
  /** When, in milliseconds since 1970; undefined for a lock that is held now. */
  atMs: number | undefined;
  /** What they did, e.g. "moved 3 atoms by up to 0.42 Å"; for a lock a sentence. */
  theirText: string;
  /** True when nobody changed anything yet but the frame is locked by `who`. */
  isLocked: boolean;
  /** What the person wanted with an own change that somebody built on meanwhile: `mine` puts the values before it back. */
  taking?: 'back' | 'again';
}

/** What can become of an own change: put on theirs, kept as a frame of its own behind theirs, or dropped. */
export type ConflictChoice = 'apply' | 'aside' | 'drop';

/** The conflicts of a room in this page that nobody decided yet. */
export interface RoomConflicts {
  readonly pending: readonly FrameConflict[];
  /** Finds out who did what, and asks; when all of it was done here, the change simply goes on top. */
  add(error: CovalenceError, own: { base: Frame; mine: EditRecipe; mineText: string }): Promise<void>;
  /**
   * Asks what becomes of an own change that could not be taken back, or done again, because somebody changed the same
   * values since. False when nothing in the page asks, or when `error` does not name a change of values.
   */
  addUndo(error: CovalenceError, direction: 'undo' | 'redo'): Promise<boolean>;
  /** Resolves with the frame to look at. Rejects when it fails; the conflict then stays. */
  resolve(conflict: FrameConflict, choice: ConflictChoice): Promise<{ index: number } | undefined>;
  onChange(listener: () => void): () => void;
}

/** How far back in the history the other one is looked for. */
const LOOK_BACK = 50;

const known = new WeakMap<Room, RoomConflicts>();

/** The conflicts of `room`, one list for all elements of the page. */
export function roomConflicts(room: Room): RoomConflicts {
  const found = known.get(room);
  if (found !== undefined) return found;
  const listeners = new Set<() => void>();
  let pending: readonly FrameConflict[] = [];
  const set = (next: readonly FrameConflict[]): void => {
    pending = next;
    for (const listener of listeners) listener();
  };
  const conflicts: RoomConflicts = {
    get pending() {
      return pending;
    },
    async add(error, own) {
      const { isOwn, ...found } = await theirs(room, error, own.base);
      if (isOwn) await room.frames.edit(own.base, own.mine, { onConflict: 'reapply' });
      else set([...pending, { ...own, ...found }]);
    },
    async addUndo(error, direction) {
      if (listeners.size === 0) return false;
      const reversal = await reversalOf(room, error, direction);
      if (reversal === undefined) return false;
      const { isOwn, ...found } = await theirs(room, error, reversal.base);
      const who = isOwn ? 'You' : found.who;
      // Asked once more it is one question, not two.
      const others = pending.filter(({ base, taking }) => taking === undefined || base.id !== reversal.base.id);
      set([...others, { ...reversal, ...found, who }]);
      return true;
    },
    async resolve(conflict, choice) {
      const { base, mine } = conflict;
      let result: { index: number } | undefined;
      if (choice === 'apply') await room.frames.edit(base, mine, { onConflict: 'reapply' });
      if (choice === 'aside') {
        const whole = await room.frames.readById(base.id, { version: base.version });
        const draft: FrameData = structuredClone(whole.data);
        putChanges(draft, (await mine(draft as FrameDraft)) ?? {});
        await room.frames.insert([draft], { after: base.id });
        result = { index: (await room.frames.readById(base.id, { data: [] })).index + 1 };
      }
      set(pending.filter((each) => each !== conflict));
      return result;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  known.set(room, conflicts);
  return conflicts;
}

/** What taking back commit `error.fields.seq` would do to the frame that stands in its way. */
async function reversalOf(
  room: Room,
  { fields }: CovalenceError,
  direction: 'undo' | 'redo',
): Promise<Pick<FrameConflict, 'base' | 'mine' | 'mineText' | 'taking'> | undefined> {
  const { frame: id, seq } = fields;
  if (typeof id !== 'string' || typeof seq !== 'number') return undefined;
  for await (const { seq: found, changes } of room.frames.history({ since: seq - 1 })) {
    if (found !== seq) continue;
    const change = changes.find((each) => each.op === 'set' && each.id === id);
    if (change?.op !== 'set') return undefined;
    const data = Object.keys(change.hashes);
    const base = await room.frames.readById(id, { version: change.version, data: present(change.hashes) });
    const before = await room.frames.readById(id, { version: change.version - 1 });
    const own: FrameData = {};
    for (const key of data) if (Object.hasOwn(before.data, key)) own[key] = before.data[key];
    const mine: EditRecipe = (draft) => {
      for (const key of data) if (!Object.hasOwn(own, key)) delete draft[key];
      return own;
    };
    const [from, to] = direction === 'undo' ? [{ ...before, data: own }, base] : [base, { ...before, data: own }];
    return { base, mine, mineText: describeChange(from, to), taking: direction === 'undo' ? 'back' : 'again' };
  }
  return undefined;
}

const present = (hashes: Readonly<Record<string, string | null>>): string[] =>
  Object.keys(hashes).filter((key) => hashes[key] !== null);

async function theirs(
  room: Room,
  error: CovalenceError,
  base: Frame,
): Promise<Pick<FrameConflict, 'who' | 'atMs' | 'theirText' | 'isLocked'> & { isOwn: boolean }> {
  if (isCovalenceError(error, 'lock/held')) {
    const lock = error.fields['lock'] as { holder?: string; message?: string } | undefined;
    const theirText = lock?.message === undefined ? 'It is locked' : `Their message: “${lock.message}”`;
    return {
      who: lock?.holder,
      atMs: undefined,
      theirText,
      isLocked: true,
      isOwn: false,
    };
  }
  const now = await room.frames.readById(base.id, { data: Object.keys(base.data) });
  const names = new Set<string | undefined>();
  const self = room.presence.self.session;
  let atMs: number | undefined;
  let isOwn = self !== undefined;
  for await (const commit of room.frames.history({ limit: LOOK_BACK })) {
    const isLater = commit.changes.some(
      (change) => 'version' in change && change.id === base.id && change.version > base.version,
    );
    if (!isLater) continue;
    isOwn &&= commit.session === self;
    names.add(commit.author);
    atMs ??= commit.atMs;
  }
  const who = [...names].filter((name) => name !== undefined).join(', ');
  const theirText = describeChange(base, now);
  return { who: who === '' ? undefined : who, atMs, theirText, isLocked: false, isOwn: isOwn && atMs !== undefined };
}
