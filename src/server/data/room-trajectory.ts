import { basename } from 'node:path';
import { emptyRecord } from '../../data/frame-key.ts';
import { CovalenceError, isCovalenceError } from '../../protocol/errors.ts';
import type { Frame, FrameValue, TrajectoryInfo } from '../../protocol/frames.ts';
import type { LockRecord } from '../../protocol/ledger.ts';
import type { BlobStore } from './blob-store.ts';
import type { CommitLog } from './commit-log.ts';
import { type CommitQueue, type RecordDraft, signedBy } from './commit-queue.ts';
import { type CommitRecord, versionsOf } from './commit-record.ts';
import { type EditGround, planOps, type StagedEdit, stageEdits } from './edit-plan.ts';
import type { CommitContext, FrameEdit } from './frame-edit.ts';
import type { FrameQuery } from './frame-query.ts';
import type { FrameReader, FrameSnapshot } from './frame-reader.ts';
import type { LockTable } from './lock-table.ts';
import { planRevert } from './revert-plan.ts';
import { nothingToRevert, revertTarget } from './revert-target.ts';
import type { OrderPage, RevertRequest, RoomCommit, RoomData, RoomDataChange } from './room-data.ts';
import { idsOf, type RoomState } from './room-state.ts';
import type { RoomView } from './room-view.ts';
import type { RoomViews } from './room-views.ts';
import { type AskedChange, assertSameRequest } from './same-request.ts';
import type { SourceFrames } from './source-frames.ts';
import { Staging } from './staging.ts';
import { storeValue } from './stored-values.ts';

/** What a {@link RoomTrajectory} is made of. */
export interface RoomTrajectoryParts {
  name: string;
  log: CommitLog;
  state: RoomState;
  queue: CommitQueue;
  blobs: BlobStore;
  source: SourceFrames | undefined;
  locks: LockTable;
  reader: FrameReader;
  views: RoomViews;
  onStoreFull?: (() => void) | undefined;
}

/** {@link RoomData} over a log; made by `openRoomData`. */
export class RoomTrajectory implements RoomData {
  readonly name: string;
  readonly locks: LockTable;
  readonly indexed: Promise<void>;
  readonly #log: CommitLog;
  readonly #state: RoomState;
  readonly #queue: CommitQueue;
  readonly #source: SourceFrames | undefined;
  readonly #reader: FrameReader;
  readonly #blobs: BlobStore;
  readonly #views: RoomViews;
  readonly #ground: EditGround;
  readonly #listeners = new Set<(change: RoomDataChange) => void>();
  readonly #staging = new Staging();
  readonly #stopWatching: (() => void) | undefined;
  readonly #onStoreFull: (() => void) | undefined;
  #isClosed = false;

  constructor(parts: RoomTrajectoryParts) {
    const { name, log, state, queue, blobs, source, locks, reader, views } = parts;
    this.name = name;
    this.locks = locks;
    this.#log = log;
    this.#state = state;
    this.#queue = queue;
    this.#source = source;
    this.#reader = reader;
    this.#blobs = blobs;
    this.#views = views;
    this.#onStoreFull = parts.onStoreFull;
    this.indexed = source?.indexed ?? Promise.resolve();
    this.#ground = {
      state,
      value: (id, version, key) => reader.value(id, version, key),
      atomCount: (id, version, without) => reader.atomCount(id, version, without),
      store: (value: FrameValue) => storeValue(blobs, value),
    };
    this.#stopWatching = log.onGrow?.(() => void queue.catchUp().catch(() => undefined));
    this.#countSource();
  }

  get epoch(): string {
    return this.#state.epoch;
  }

  get seq(): number {
    return this.#state.seq;
  }

  get count(): number {
    this.#countSource();
    return this.#state.order.count;
  }

  get durability(): string {
    return this.#log.durability;
  }

  get requireLock(): boolean {
    return this.#state.requireLock;
  }

  get source(): string | undefined {
    return this.#state.source === undefined ? undefined : basename(this.#state.source.path);
  }

  get sourcePath(): string | undefined {
    return this.#state.source?.path;
  }

  info(): TrajectoryInfo {
    const { epoch, seq, count } = this;
    const { indexing, damage } = this.#source ?? {};
    return {
      epoch,
      seq,
      changes: this.#state.changes,
      order: this.#state.orderSeq,
      count,
      keys: this.#reader.keyInfos(),
      ...(indexing === undefined ? {} : { indexing }),
      ...(damage === undefined ? {} : { damage }),
    };
  }

  async frameAt(index: number, query: FrameQuery = {}): Promise<Frame> {
    const count = this.count;
    const id = this.#state.order.at(index);
    if (id !== undefined) return this.read(this.#reader.snapshot(id), query);
    const damage = this.#source?.damage;
    throw new CovalenceError(
      'frame/not-found',
      `There is no frame ${index}; the trajectory has ${count}.${damage === undefined ? '' : ` ${damage.detail}`}`,
      { index, count },
    );
  }

  async frameById(id: string, query: FrameQuery & { version?: number | undefined } = {}): Promise<Frame> {
    this.#countSource();
    return this.read(this.#reader.snapshot(id, query.version), query);
  }

  hold(): () => void {
    return this.#source?.hold() ?? (() => undefined);
  }

  snapshots(ids: readonly string[]): FrameSnapshot[] {
    this.#countSource();
    return ids.map((id) => this.#reader.snapshot(id));
  }

  ids(start: number, stop: number): string[] {
    this.#countSource();
    return this.#state.order.slice(start, stop - start);
  }

  read(snapshot: FrameSnapshot, query: FrameQuery = {}): Promise<Frame> {
    return this.#reader.read(snapshot, query.data, query.signal);
  }

  scalars(keys?: readonly string[]): Record<string, Float64Array> {
    this.#countSource();
    return this.#reader.scalars(keys);
  }

  order(from: number, limit: number): OrderPage {
    const frames = this.ids(from, from + limit).map((id) => ({ id, version: this.#state.version(id) as number }));
    return { seq: this.seq, count: this.count, frames };
  }

  log(since: number, limit: number): readonly CommitRecord[] {
    return this.#state.records.slice(since, since + limit);
  }

  head(id: string): { version: number; hashes: Record<string, string> } | undefined {
    this.#countSource();
    return this.#state.has(id) ? this.#headAt(id) : undefined;
  }

  async catchUp(seq: number): Promise<boolean> {
    // A log that nobody else writes has nothing that is not known here.
    if (this.#log.onGrow === undefined) return this.seq >= seq;
    if (this.seq < seq) await this.#queue.catchUp();
    // The first may have joined a reading that began before the commit was there.
    if (this.seq < seq) await this.#queue.catchUp();
    return this.seq >= seq;
  }

  recentlyChanged(limit: number): string[] {
    return this.#state.recentlyChanged(limit);
  }

  async at(seq?: number): Promise<RoomView> {
    return this.#views.at(seq).catch((error: unknown) => {
      // What it stands on may have gone with it.
      throw this.#isClosed ? this.#closed() : error;
    });
  }

  get blobByteLength(): number {
    return this.#state.blobByteLength;
  }

  names(hash: string): boolean {
    return this.#state.valueByHash(hash) !== undefined;
  }

  blob(hash: string): Promise<Uint8Array | undefined> {
    return this.#reader.blob(hash);
  }

  commit(edits: readonly FrameEdit[], context: CommitContext = {}): Promise<RoomCommit> {
    return this.#once(context, { edits }, async () => {
      if (edits.length === 0) throw new CovalenceError('request/invalid', 'The commit holds no edit.');
      // Until the record names them, nothing else speaks for the blobs that are put here.
      const release = this.#blobs.garbage?.hold();
      let isFull = false;
      try {
        const staged = await this.#staging.run(edits, () => stageEdits(this.#ground, edits, context.signal));
        return await this.#write(staged, context);
      } catch (error) {
        isFull = isCovalenceError(error, 'store/full');
        throw error;
      } finally {
        release?.();
        if (isFull) this.#onStoreFull?.();
      }
    });
  }

  undo(request: RevertRequest = {}): Promise<RoomCommit> {
    return this.#revert(request, 'undo');
  }

  redo(request: RevertRequest = {}): Promise<RoomCommit> {
    return this.#revert(request, 'redo');
  }

  async setPolicy(policy: { requireLock: boolean }, context: CommitContext = {}): Promise<void> {
    await this.#queue.submit(['room'], () => ({ ...signedBy(context), ops: [{ op: 'policy', ...policy }] }));
  }

  listLocks(): LockRecord[] {
    return this.locks.list();
  }

  onChange(listener: (change: RoomDataChange) => void): () => void {
    const own = (change: RoomDataChange): void => listener(change);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopWatching?.();
    this.locks.close();
    await this.#queue.idle();
    this.#listeners.clear();
    await this.#source?.close();
    await this.#log.close();
  }

  /** Called by the queue for each record once it is durable and in the state. */
  onApplied(record: CommitRecord): void {
    this.locks.onApplied(record);
    const kinds = new Set(record.ops.map((op) => op.op));
    const ids = new Set(record.ops.flatMap(idsOf));
    this.#tell({
      frames: [...ids].map((id) => ({ id, ...this.#headAt(id), isRemoved: !this.#state.has(id) })),
      hasNewOrder: kinds.has('insert') || kinds.has('remove') || kinds.has('restore') || kinds.has('move'),
      hasNewLocks: kinds.has('lock') || kinds.has('unlock'),
    });
  }

  /** Called while the file behind the room is indexed. */
  onProgress(): void {
    this.#tell({ frames: [], hasNewOrder: true, hasNewLocks: false });
  }

  #tell(change: Pick<RoomDataChange, 'frames' | 'hasNewOrder' | 'hasNewLocks'>): void {
    if (this.#isClosed) return;
    const { seq, count } = this;
    for (const listener of this.#listeners) {
      try {
        listener({ seq, count, ...change });
      } catch (error) {
        // The commit is durable whatever a listener thinks of it; it must be answered.
        process.emitWarning(error instanceof Error ? error : String(error));
      }
    }
  }

  #revert(request: RevertRequest, kind: 'undo' | 'redo'): Promise<RoomCommit> {
    return this.#once(request, { kind, seq: request.seq }, async () => {
      const { seq } = revertTarget(this.#state, request, kind);
      const ids = [...new Set(this.#state.records[seq - 1].ops.flatMap(idsOf))];
      const touches = ['order', ...ids.flatMap((id) => [`frame:${id}`, `lock:${id}`])];
      return this.#submit(touches, ids, request, () => {
        const by = this.#state.undone.get(seq);
        if (kind === 'undo' && by !== undefined)
          throw nothingToRevert(kind, `Commit ${seq} was undone by commit ${by} already.`);
        if (kind === 'redo' && by === undefined) throw nothingToRevert(kind, `Commit ${seq} is not undone.`);
        const record = this.#state.records[(kind === 'undo' ? seq : (by as number)) - 1];
        return { ops: planRevert(this.#state, record), [kind]: seq };
      });
    });
  }

  #write(staged: readonly StagedEdit[], context: CommitContext): Promise<RoomCommit> {
    const ids = staged.flatMap((edit) => (edit.op === 'insert' ? [] : [edit.id]));
    const touches = ids.flatMap((id) => [`frame:${id}`, `lock:${id}`]);
    const isPlainAppend = staged.every(
      (edit) => edit.op === 'set' || (edit.op === 'insert' && edit.after === undefined && edit.before === undefined),
    );
    if (!isPlainAppend) touches.push('order');
    return this.#submit(touches, ids, context, (seq) => {
      const prefix = `n${this.epoch.slice(0, 6)}${seq.toString(36)}_`;
      return { ops: planOps(this.#state, staged, (index) => prefix + index.toString(36)) };
    });
  }

  async #submit(
    touches: readonly string[],
    ids: readonly string[],
    context: CommitContext,
    draft: (seq: number) => RecordDraft,
  ): Promise<RoomCommit> {
    if (this.#isClosed) throw this.#closed();
    const { idempotencyKey } = context;
    // Of two that have one key the second sees what became of the first.
    const own = idempotencyKey === undefined ? touches : [...touches, `key:${idempotencyKey}`];
    const record = await this.#queue.submit(own, (seq) => {
      const answered = idempotencyKey === undefined ? undefined : this.#state.answered.get(idempotencyKey);
      if (answered !== undefined) return answered;
      const made = draft(seq);
      const ended = this.locks.clear(ids, context.lockToken);
      return { ...signedBy(context), ...made, ops: [...ended, ...made.ops] };
    });
    return this.#answer(record);
  }

  /**
   * Runs `commit` unless one of the same idempotency key was made. One that is still on its way is not waited for: its
   * body may be on a line that is dead, and this is the retry.
   */
  async #once(
    { idempotencyKey }: CommitContext,
    asked: AskedChange,
    commit: () => Promise<RoomCommit>,
  ): Promise<RoomCommit> {
    const answered = this.#answered(idempotencyKey, asked);
    if (answered !== undefined) return this.#answer(answered);
    let done: RoomCommit;
    try {
      done = await commit();
    } catch (error) {
      // What stood in its way may have been itself.
      const made = this.#answered(idempotencyKey, asked);
      if (made === undefined) throw error;
      return this.#answer(made);
    }
    // Another change may have taken the key meanwhile; then that is what was answered.
    this.#answered(idempotencyKey, asked);
    return done;
  }

  #answered(idempotencyKey: string | undefined, asked: AskedChange): CommitRecord | undefined {
    const seq = idempotencyKey === undefined ? undefined : this.#state.answered.get(idempotencyKey);
    if (seq === undefined) return undefined;
    const record = this.#state.records[seq - 1];
    assertSameRequest(record, asked);
    return record;
  }

  #answer(record: CommitRecord): RoomCommit {
    const frames: RoomCommit['frames'] = emptyRecord();
    for (const op of record.ops) {
      for (const { id, version } of versionsOf(op)) frames[id] = this.#headAt(id, version);
    }
    const ids = record.ops.flatMap((op) => (op.op === 'insert' ? op.frames.map((frame) => frame.id) : []));
    return { seq: record.seq, frames, durability: this.durability, ids };
  }

  #closed(): CovalenceError {
    return new CovalenceError('room/closed', `The room "${this.name}" was closed.`);
  }

  #headAt(id: string, version?: number): { version: number; hashes: Record<string, string> } {
    const head = this.#state.head(id, version);
    const hashes = emptyRecord<string>();
    for (const [key, stored] of head?.keys ?? []) if (stored !== null) hashes[key] = stored.hash;
    return { version: head?.version ?? 1, hashes };
  }

  #countSource(): void {
    if (this.#source !== undefined) this.#state.order.sourceCount = this.#source.count;
  }
}
