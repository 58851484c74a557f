import { randomBytes } from 'node:crypto';
import type { Clock } from '../../protocol/clock.ts';
import { CovalenceError } from '../../protocol/errors.ts';
import type { LockRecord } from '../../protocol/ledger.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { LeaseChannel } from './commit-log.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { CommitRecord, RecordOp } from './commit-record.ts';
import type { RoomState } from './room-state.ts';
import { sha256 } from './stored-values.ts';

/** Who wants a lock, and for how long. */
export interface LockRequest {
  name: string;
  /** Session that the lock ends with; empty when it ends by time alone. */
  session?: string;
  /** Name of the person. */
  holder?: string;
  message?: string;
  /** Milliseconds until it must be renewed; 30,000 when left out, at most 60,000. */
  ttlMs?: number;
}

/** A lock as its holder knows it. The token proves it and is told to nobody else. */
export interface LockGrant {
  name: string;
  token: string;
  fence: number;
  expiresInMs: number;
}

/** Locks of a session are released this long after its socket closed. */
const SESSION_GRACE_MS = 5_000;
const DEFAULT_TTL_MS = 30_000;
const LOCKS_PER_SESSION = 64;
const NAME = /^[A-Za-z0-9_-]{1,128}$/;

interface Lease {
  fence: number;
  expiresAt: number;
  ttlMs: number;
  cancel: () => void;
}

/**
 * Locks of a room. Grants and releases are records of the log and the fence is the seq of the grant; leases are kept
 * here only. After a restart every lock of the log begins a fresh lease, which its holder may renew.
 */
export class LockTable {
  readonly #state: RoomState;
  readonly #queue: CommitQueue;
  readonly #clock: Clock;
  readonly #leases = new Map<string, Lease>();
  readonly #channel: LeaseChannel | undefined;
  readonly #stopHearing: (() => void) | undefined;
  readonly #leaving = new Map<string, () => void>();
  #isClosed = false;

  constructor(options: { state: RoomState; queue: CommitQueue; clock: Clock; leases?: LeaseChannel | undefined }) {
    this.#state = options.state;
    this.#queue = options.queue;
    this.#clock = options.clock;
    this.#channel = options.leases;
    this.#stopHearing = this.#channel?.onRenewed(({ name, fence, ttlMs }) => {
      if (this.#state.locks.get(name)?.fence === fence) this.#startLease(name, fence, ttlMs);
    });
    for (const lock of this.#state.locks.values()) this.#startLease(lock.name, lock.fence, lock.ttlMs);
  }

  /** The locks in force, without their tokens. */
  list(): LockRecord[] {
    return [...this.#state.locks.keys()].flatMap((name) => this.#describe(name) ?? []);
  }

  /** Takes a lock. Rejects with `lock/held` while another has it, `lock/invalid`, `request/rate`. */
  async grant(request: LockRequest): Promise<LockGrant> {
    const { name, session = '', holder, message } = request;
    if (!NAME.test(name)) {
      throw invalid(`"${name.slice(0, 130)}" cannot name a lock. Use letters, digits, "_" and "-", at most 128.`, {
        name,
      });
    }
    if (message !== undefined && message.length > 500) {
      throw invalid(`The message of a lock has at most 500 characters, found ${message.length}.`, { name });
    }
    const ttlMs = checkTtl(request.ttlMs ?? DEFAULT_TTL_MS);
    const token = randomBytes(18).toString('base64url');
    const record = await this.#queue.submit([`lock:${name}`], () => {
      this.#assertOpen();
      const present = this.#state.locks.get(name);
      if (present !== undefined && this.#isAlive(name)) throw this.#held(name);
      const own = [...this.#state.locks.values()].filter((lock) => session !== '' && lock.session === session);
      if (own.length >= LOCKS_PER_SESSION) {
        throw new CovalenceError(
          'request/rate',
          `One session holds at most ${LOCKS_PER_SESSION} locks. Release some.`,
          {
            limit: LOCKS_PER_SESSION,
          },
        );
      }
      const unlock = present === undefined ? [] : [unlockOp(name, present.fence, 'expired')];
      const lock: RecordOp = {
        op: 'lock',
        name,
        session,
        ...(holder === undefined ? {} : { holder }),
        ...(message === undefined ? {} : { message }),
        token: sha256(Buffer.from(token)),
        ttlMs,
      };
      return { ops: [...unlock, lock] };
    });
    return { name, token, fence: record.seq, expiresInMs: ttlMs };
  }

  /** Begins the lease anew. Rejects with `lock/lost` when the token is not that of the lock in force. */
  renew(name: string, token: string, ttlMs?: number): LockGrant {
    const lock = this.#own(name, token);
    const lease = this.#leases.get(name);
    const duration = checkTtl(ttlMs ?? lease?.ttlMs ?? lock.ttlMs);
    this.#startLease(name, lock.fence, duration);
    this.#channel?.renew({ name, fence: lock.fence, ttlMs: duration });
    return { name, token, fence: lock.fence, expiresInMs: duration };
  }

  /** Gives a lock back. Rejects with `lock/lost` when the token is not that of the lock in force. */
  async release(name: string, token: string): Promise<void> {
    await this.#queue.submit([`lock:${name}`], () => ({
      ops: [unlockOp(name, this.#own(name, token).fence, 'released')],
    }));
  }

  /** Called when a socket of the session opened: its locks stay. */
  sessionOpened(session: string): void {
    this.#leaving.get(session)?.();
    this.#leaving.delete(session);
  }

  /** Called when the last socket of the session closed: its locks are released after 5 s. */
  sessionClosed(session: string): void {
    if (this.#isClosed || session === '') return;
    this.#leaving.get(session)?.();
    this.#leaving.set(
      session,
      this.#clock.after(SESSION_GRACE_MS, () => {
        this.#leaving.delete(session);
        for (const lock of this.#state.locks.values()) {
          if (lock.session === session) this.#drop(lock.name, lock.fence, 'session');
        }
      }),
    );
  }

  /**
   * Throws `server/closing`, `lock/held` when a frame is locked by another, `lock/lost` when `token` names a lock that is
   * no longer in force, `lock/required` when the room wants a lock. Returns the operations that end locks whose lease ran out.
   */
  clear(ids: readonly string[], token: string | undefined): RecordOp[] {
    this.#assertOpen();
    const ended: RecordOp[] = [];
    const digest = token === undefined ? undefined : sha256(Buffer.from(token));
    let isTokenUsed = false;
    for (const id of ids) {
      const lock = this.#state.locks.get(id);
      const isHeld = lock !== undefined && this.#isAlive(id);
      if (isHeld && lock.token === digest) isTokenUsed = true;
      else if (isHeld && digest === undefined) throw this.#held(id);
      else if (isHeld && !this.#isInForce(digest)) throw lost(id, this.#describe(id));
      else if (isHeld) throw this.#held(id);
      else if (digest !== undefined && !this.#isInForce(digest)) throw lost(id, undefined);
      else if (this.#state.requireLock) throw required(id);
      if (lock !== undefined && !isHeld) ended.push(unlockOp(id, lock.fence, 'expired'));
    }
    if (digest !== undefined && !isTokenUsed && !this.#isInForce(digest)) throw lost(ids[0] ?? '', undefined);
    return ended;
  }

  /** Called for each record once it is in the state. */
  onApplied(record: CommitRecord): void {
    for (const op of record.ops) {
      if (op.op === 'lock') this.#startLease(op.name, record.seq, op.ttlMs);
      if (op.op === 'unlock' && this.#leases.get(op.name)?.fence === op.fence) this.#endLease(op.name);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#stopHearing?.();
    for (const lease of this.#leases.values()) lease.cancel();
    for (const cancel of this.#leaving.values()) cancel();
    this.#leases.clear();
    this.#leaving.clear();
  }

  /** Without leases every lock would look as if it had run out. */
  #assertOpen(): void {
    if (this.#isClosed) throw new CovalenceError('server/closing', 'The room is being closed. Try again in a moment.');
  }

  #isAlive(name: string): boolean {
    const lease = this.#leases.get(name);
    return lease !== undefined && this.#clock.now() < lease.expiresAt;
  }

  #isInForce(digest: string | undefined): boolean {
    return [...this.#state.locks.values()].some((lock) => lock.token === digest && this.#isAlive(lock.name));
  }

  #own(name: string, token: string): { fence: number; ttlMs: number } {
    const lock = this.#state.locks.get(name);
    if (lock === undefined || !this.#isAlive(name) || lock.token !== sha256(Buffer.from(token))) {
      throw lost(name, this.#describe(name));
    }
    return lock;
  }

  #startLease(name: string, fence: number, ttlMs: number): void {
    if (this.#isClosed) return;
    this.#endLease(name);
    const expiresAt = this.#clock.now() + ttlMs;
    const cancel = this.#clock.after(ttlMs, () => {
      // The timer decides: by a wall clock that was set back meanwhile the lease would last until it is that time again.
      if (this.#leases.get(name) === lease) this.#leases.delete(name);
      this.#drop(name, fence, 'expired');
    });
    const lease: Lease = { fence, expiresAt, ttlMs, cancel };
    this.#leases.set(name, lease);
  }

  #endLease(name: string): void {
    this.#leases.get(name)?.cancel();
    this.#leases.delete(name);
  }

  #drop(name: string, fence: number, reason: 'expired' | 'session'): void {
    const isDue = (): boolean =>
      this.#state.locks.get(name)?.fence === fence && (reason === 'session' || !this.#isAlive(name));
    if (this.#isClosed || !isDue()) return;
    // Should the store refuse the record, the lock is dead all the same: its lease is over here and at every restart.
    if (reason === 'session') this.#endLease(name);
    this.#queue
      .submit([`lock:${name}`], () => (isDue() ? { ops: [unlockOp(name, fence, reason)] } : this.#state.seq))
      .catch(() => undefined);
  }

  #describe(name: string): LockRecord | undefined {
    const lock = this.#state.locks.get(name);
    const lease = this.#leases.get(name);
    if (lock === undefined || lease === undefined || !this.#isAlive(name)) return undefined;
    return {
      name,
      session: lock.session,
      ...(lock.holder === undefined ? {} : { holder: lock.holder }),
      fence: lock.fence,
      ...(lock.message === undefined ? {} : { message: lock.message }),
      expires_in_ms: Math.max(0, lease.expiresAt - this.#clock.now()),
    };
  }

  #held(name: string): CovalenceError {
    const lock = this.#describe(name);
    const who = lock?.holder === undefined ? 'another client' : lock.holder;
    return new CovalenceError(
      'lock/held',
      `"${name}" is locked by ${who}${lock?.message === undefined ? '' : ` ("${lock.message}")`}. Try again in ${Math.ceil((lock?.expires_in_ms ?? 0) / 1000)} s.`,
      { lock },
    );
  }
}

function unlockOp(name: string, fence: number, reason: 'released' | 'expired' | 'session'): RecordOp {
  return { op: 'unlock', name, fence, reason };
}

function checkTtl(ttlMs: number): number {
  if (Number.isFinite(ttlMs) && ttlMs >= 1 && ttlMs <= LIMITS.lockTtlMs) return ttlMs;
  throw invalid(`A lock lasts 1 to ${LIMITS.lockTtlMs} ms between renewals, ${ttlMs} was asked.`, {
    limit: LIMITS.lockTtlMs,
  });
}

function invalid(message: string, fields: Record<string, unknown>): CovalenceError {
  return new CovalenceError('lock/invalid', message, fields);
}

function lost(name: string, lock: LockRecord | undefined): CovalenceError {
  return new CovalenceError(
    'lock/lost',
    `The lock "${name}" is no longer yours: it ran out, was released, or was taken by another. Take it again.`,
    { name, ...(lock === undefined ? {} : { lock }) },
  );
}

function required(id: string): CovalenceError {
  return new CovalenceError('lock/required', `This room wants a lock before frame "${id}" is changed. Take it first.`, {
    frame: id,
  });
}
