import { CovalenceError } from '../../protocol/errors.ts';
import type { CommitLog } from './commit-log.ts';
import { touchedBy, type CommitRecord } from './commit-record.ts';
import type { CommitContext } from './frame-edit.ts';
import type { RoomState } from './room-state.ts';

/** A record before it has its number and time. */
export type RecordDraft = Omit<CommitRecord, 'seq' | 'at'>;

/** What {@link CommitQueue} works on. */
export interface CommitQueueOptions {
  log: CommitLog;
  state: RoomState;
  now: () => number;
  /** Called after each record of any writer is durable and in the state, in order. */
  onApplied: (record: CommitRecord) => void;
}

/** Other writers may win this often in a row before a commit gives up. */
const MAX_RACES = 1_000;

/**
 * Brings records into the log and then into the state, in this order. A draft is made against the newest state and
 * only while nothing that it touches is on its way to the log, so what it checked is still true where its record
 * lands; drafts that touch different things travel together and share one sync.
 */
export class CommitQueue {
  readonly #log: CommitLog;
  readonly #state: RoomState;
  readonly #now: () => number;
  readonly #onApplied: (record: CommitRecord) => void;
  readonly #pending = new Map<string, Promise<unknown>>();
  readonly #arrived = new Map<number, CommitRecord>();
  #head: number;
  #inFlight = 0;
  #catchingUp: Promise<void> | undefined;

  constructor(options: CommitQueueOptions) {
    this.#log = options.log;
    this.#state = options.state;
    this.#now = options.now;
    this.#onApplied = options.onApplied;
    this.#head = options.state.seq;
  }

  /**
   * Runs `draft` once nothing in `touches` is pending and commits what it returns; a number instead of a draft means
   * that record already is the answer. Whatever `draft` throws rejects and writes nothing; it may run again when
   * another writer was faster.
   */
  async submit(touches: readonly string[], draft: (seq: number) => RecordDraft | number): Promise<CommitRecord> {
    for (let race = 0; race < MAX_RACES; race += 1) {
      // No turn may pass between the last look and the draft, else two drafts could both find the way free.
      for (let wait = this.#obstacle(touches); wait !== undefined; wait = this.#obstacle(touches)) {
        await wait.catch(() => undefined);
      }
      const seq = this.#head + 1;
      const made = draft(seq);
      if (typeof made === 'number') return this.#state.records[made - 1];
      const record: CommitRecord = { seq, at: this.#now(), ...made };
      const isOurs = await this.#append(record, touches);
      // One before it may have reached the log although its answer was lost; then it is read from there.
      if (!isOurs || this.#state.seq < record.seq) await this.catchUp();
      if (isOurs) return record;
    }
    throw new CovalenceError('store/failed', 'Other servers kept changing this room; nothing was written. Try again.');
  }

  /** Reads what other writers added. */
  catchUp(): Promise<void> {
    this.#catchingUp ??= (async () => {
      try {
        while (this.#inFlight > 0) await Promise.allSettled(this.#pending.values());
        for await (const record of this.#log.read(this.#state.seq)) this.#arrive(record);
        this.#head = this.#state.seq;
      } finally {
        this.#catchingUp = undefined;
      }
    })();
    return this.#catchingUp;
  }

  /** Resolves when nothing is on its way to the log. */
  async idle(): Promise<void> {
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending.values());
  }

  #obstacle(touches: readonly string[]): Promise<unknown> | undefined {
    if (this.#catchingUp !== undefined) return this.#catchingUp;
    return touches.map((touch) => this.#pending.get(touch)).find((pending) => pending !== undefined);
  }

  async #append(record: CommitRecord, touches: readonly string[]): Promise<boolean> {
    this.#head = record.seq;
    this.#inFlight += 1;
    const all = new Set([...touches, ...record.ops.flatMap(touchedBy), `seq:${record.seq}`]);
    const before = this.#pending.get(`seq:${record.seq - 1}`);
    const writing = this.#log.append(record.seq - 1, [record]).then(async (isOurs) => {
      if (isOurs) this.#arrive(record);
      // Whoever is answered finds the record in the state, also when the log answered in another order.
      if (isOurs) await before?.catch(() => undefined);
      return isOurs;
    });
    const settled = writing.finally(() => {
      this.#inFlight -= 1;
      for (const touch of all) if (this.#pending.get(touch) === settled) this.#pending.delete(touch);
      // After a failure every record queued behind it fails too, so the last one to leave finds the true head.
      if (this.#inFlight === 0) this.#head = this.#state.seq;
    });
    for (const touch of all) this.#pending.set(touch, settled);
    return settled;
  }

  /** Records become visible in their order, whichever promise settles first. */
  #arrive(record: CommitRecord): void {
    if (record.seq <= this.#state.seq) return;
    this.#arrived.set(record.seq, record);
    for (;;) {
      const next = this.#arrived.get(this.#state.seq + 1);
      if (next === undefined) return;
      this.#arrived.delete(next.seq);
      this.#state.apply(next);
      this.#onApplied(next);
    }
  }
}

/** What a record says of who made it. */
export function signedBy({ author, session, idempotencyKey }: CommitContext): Omit<RecordDraft, 'ops'> {
  return {
    ...(author === undefined ? {} : { author }),
    ...(session === undefined ? {} : { session }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
}
