import type { CommitOptions } from '../data/provider.ts';
import type { Clock } from '../protocol/clock.ts';
import { isCovalenceError } from '../protocol/errors.ts';

/** Waits between attempts of a write whose answer was lost. */
const PAUSES_MS = [200, 1_000, 3_000];

/** A name for one write, so that repeating it does not do it twice. */
export function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Makes a write that happens once however often its answer is lost: under one idempotency key it is repeated until there
 * is an answer, at most three times. Rejects with the refusal, or with `server/unreachable` when it may or may not have
 * happened; the key is then in its fields, and repeating the write with it is safe.
 */
export async function sureWrite<R, O extends CommitOptions>(
  clock: Clock,
  options: O,
  write: (options: O) => Promise<R>,
): Promise<R> {
  const idempotencyKey = options.idempotencyKey ?? newIdempotencyKey();
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await write({ ...options, idempotencyKey });
    } catch (error) {
      if (!isCovalenceError(error, 'server/unreachable', 'server/closing', 'server/behind')) throw error;
      error.fields['idempotency_key'] = idempotencyKey;
      if (attempt >= PAUSES_MS.length) throw error;
      await pause(clock, PAUSES_MS[attempt], options.signal);
    }
  }
}

/** Waits on the room's clock; rejects with the signal's reason. */
function pause(clock: Clock, delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      cancel();
      reject(signal?.reason as Error);
    };
    const cancel = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
  });
}
