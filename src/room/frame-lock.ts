import type { FrameLocker, LockGrant, LockRequest } from '../data/frame-locker.ts';
import type { Clock } from '../protocol/clock.ts';
import { asCovalenceError, type CovalenceError, isCovalenceError } from '../protocol/errors.ts';

/** How a lock is taken. */
export type FrameLockOptions = LockRequest;

/** A lock that is held and renewed until it is released or lost. */
export interface FrameLock extends AsyncDisposable {
  readonly name: string;
  /** Goes with every commit while the lock is held: `{ lockToken: lock.token }`. */
  readonly token: string;
  readonly fence: number;
  /** True once the lock is no longer held: lost, or released. */
  readonly isOver: boolean;
  /** Called once when the lock is lost, with `lock/lost` or why it could not be renewed; at once when it is. */
  onLost(listener: (error: CovalenceError) => void): () => void;
  /** Called once when the lock is over, lost or released; at once when it is. */
  onOver(listener: () => void): () => void;
  /** Gives the lock back; safe to call twice and when it is lost. */
  release(): Promise<void>;
}

const DEFAULT_TTL_MS = 30_000;

/** Takes a lock and keeps it by renewing it three times in each of its terms. */
export async function holdLock(
  locker: FrameLocker,
  clock: Clock,
  name: string,
  options: FrameLockOptions = {},
): Promise<FrameLock> {
  const ttlMs = options.ttlMs ?? DEFAULT_TTL_MS;
  const listeners = new Set<(error: CovalenceError) => void>();
  const endListeners = new Set<() => void>();
  let loss: CovalenceError | undefined;
  let isReleased = false;
  let cancel: (() => void) | undefined;
  // Counted from before the question, so that this end never believes longer in the lock than the server does.
  let expiresAt = clock.now() + ttlMs;
  const grant: LockGrant = await locker.grantLock(name, { ...options, ttlMs });

  const end = (): void => {
    cancel?.();
    for (const listener of endListeners) listener();
    listeners.clear();
    endListeners.clear();
  };
  const lose = (error: unknown): void => {
    if (isReleased || loss !== undefined) return;
    loss = asCovalenceError(error, 'lock/lost');
    for (const listener of listeners) listener(loss);
    end();
  };
  const renew = async (): Promise<void> => {
    const asked = clock.now();
    let isAnswered = true;
    try {
      await locker.renewLock(name, grant.token, { ttlMs });
      expiresAt = asked + ttlMs;
    } catch (error) {
      // A server that does not answer still counts the lease until it runs out.
      isAnswered = !isCovalenceError(error, 'server/unreachable');
      if (isAnswered || clock.now() >= expiresAt) lose(error);
    }
    if (!isReleased && loss === undefined) schedule(isAnswered ? ttlMs / 3 : ttlMs / 10);
  };
  const schedule = (pauseMs: number): void => {
    const delayMs = Math.max(1, Math.min(pauseMs, expiresAt - clock.now()));
    cancel = clock.after(delayMs, () => void renew());
  };
  schedule(ttlMs / 3);

  const lock: FrameLock = {
    name,
    token: grant.token,
    fence: grant.fence,
    get isOver() {
      return isReleased || loss !== undefined;
    },
    onLost(listener) {
      if (loss !== undefined) listener(loss);
      else listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onOver(listener) {
      if (lock.isOver) listener();
      else endListeners.add(listener);
      return () => endListeners.delete(listener);
    },
    async release() {
      if (isReleased || loss !== undefined) return;
      isReleased = true;
      await locker.releaseLock(name, grant.token).catch((error: unknown) => {
        // It ends by itself; nobody is served by a failure here.
        if (!isCovalenceError(error, 'lock/lost', 'server/unreachable', 'room/not-found')) throw error;
      });
      end();
    },
    [Symbol.asyncDispose]: () => lock.release(),
  };
  return lock;
}
