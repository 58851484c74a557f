import type { Clock, Random } from '../protocol/clock.ts';
import { CovalenceError } from '../protocol/errors.ts';
import type { LockRecord } from '../protocol/ledger.ts';
import { LIMITS } from '../protocol/limits.ts';
import type { FrameLocker, LockGrant } from './frame-locker.ts';

interface Lease {
  grant: LockGrant;
  expiresAt: number;
  holder: string | undefined;
  message: string | undefined;
}

const DEFAULT_TTL_MS = 30_000;

/** Locks of frames in memory: for parts of one page that must not get in each other's way. */
export class MemoryLocks implements FrameLocker {
  readonly #leases = new Map<string, Lease>();
  readonly #clock: Clock;
  readonly #random: Random;
  #fence = 0;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Throws `lock/held` or `lock/lost` unless whoever shows `token` may change these frames. */
  check(ids: readonly string[], token: string | undefined): void {
    for (const id of ids) {
      const lease = this.#alive(id);
      if (lease !== undefined && lease.grant.token !== token) throw held(lease, this.#clock.now());
    }
    const isInForce = [...this.#leases.keys()].some((name) => this.#alive(name)?.grant.token === token);
    if (token !== undefined && !isInForce) throw lost(ids[0] ?? '');
  }

  grantLock: FrameLocker['grantLock'] = async (name, { message, holder, ttlMs = DEFAULT_TTL_MS, signal } = {}) => {
    signal?.throwIfAborted();
    const present = this.#alive(name);
    if (present !== undefined) throw held(present, this.#clock.now());
    this.#fence += 1;
    const token = `${this.#fence}-${Math.floor(this.#random() * 2 ** 32).toString(36)}`;
    return this.#begin({ name, token, fence: this.#fence, expiresInMs: checked(ttlMs) }, holder, message);
  };

  renewLock: FrameLocker['renewLock'] = async (name, token, { ttlMs } = {}) => {
    const { grant, holder, message } = this.#own(name, token);
    return this.#begin({ ...grant, expiresInMs: checked(ttlMs ?? grant.expiresInMs) }, holder, message);
  };

  releaseLock: FrameLocker['releaseLock'] = async (name, token) => {
    this.#own(name, token);
    this.#leases.delete(name);
  };

  listLocks: FrameLocker['listLocks'] = async () =>
    [...this.#leases.keys()].flatMap((name): LockRecord[] => {
      const lease = this.#alive(name);
      return lease === undefined ? [] : [recordOf(lease, this.#clock.now())];
    });

  #begin(grant: LockGrant, holder: string | undefined, message: string | undefined): LockGrant {
    this.#leases.set(grant.name, { grant, expiresAt: this.#clock.now() + grant.expiresInMs, holder, message });
    return grant;
  }

  #alive(name: string): Lease | undefined {
    const lease = this.#leases.get(name);
    if (lease === undefined || this.#clock.now() < lease.expiresAt) return lease;
    this.#leases.delete(name);
    return undefined;
  }

  #own(name: string, token: string): Lease {
    const lease = this.#alive(name);
    if (lease?.grant.token !== token) throw lost(name);
    return lease;
  }
}

function recordOf({ grant, expiresAt, holder, message }: Lease, now: number): LockRecord {
  return {
    name: grant.name,
    session: '',
    ...(holder === undefined ? {} : { holder }),
    fence: grant.fence,
    ...(message === undefined ? {} : { message }),
    expires_in_ms: expiresAt - now,
  };
}

function checked(ttlMs: number): number {
  if (Number.isFinite(ttlMs) && ttlMs >= 1 && ttlMs <= LIMITS.lockTtlMs) return ttlMs;
  const message = `A lock lasts 1 to ${LIMITS.lockTtlMs} ms between renewals, ${ttlMs} was asked.`;
  throw new CovalenceError('lock/invalid', message, { limit: LIMITS.lockTtlMs });
}

function held(lease: Lease, now: number): CovalenceError {
  const lock = recordOf(lease, now);
  const message = `"${lock.name}" is locked by ${lock.holder ?? 'another part of this page'}. Try again in ${Math.ceil(lock.expires_in_ms / 1000)} s.`;
  return new CovalenceError('lock/held', message, { lock });
}

function lost(name: string): CovalenceError {
  const message = `The lock "${name}" is no longer yours: it ran out, was released, or was taken by another. Take it again.`;
  return new CovalenceError('lock/lost', message, { name });
}
