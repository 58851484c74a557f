import type { Clock } from '../protocol/clock.ts';
import { CovalenceError } from '../protocol/errors.ts';

/** So few bytes are always let through: nobody is kept from a small thing by the large ones of others. */
const SMALL_BYTE_LENGTH = 65_536;
/** Whoever moved less than this for so long makes room for others, where there is none left. */
const STEP_BYTE_LENGTH = 16_384;
const IDLE_MS = 5_000;

/** What one request holds in memory. */
export interface HeldShare {
  /**
   * It is so many bytes now; those of one `buffer` count once, whoever holds it. Throws `server/behind`, and holds what it
   * held before, when all together would be too many.
   */
  set(byteLength: number, buffer?: ArrayBufferLike): void;
  /** So many bytes came from the other side, or were taken by it. */
  moved(byteLength: number): void;
  /** The other side is not waited for any more: it no longer has to make room. */
  settled(): void;
  /** Rejects with `request/timeout` when this has to make room for others. */
  readonly evicted: Promise<never>;
  end(): void;
}

/** What all requests hold in memory together. */
export interface HeldBytes {
  readonly byteLength: number;
  share(): HeldShare;
}

/** Bytes in memory. */
interface Held {
  byteLength: number;
  buffer: ArrayBufferLike | undefined;
  /** Bytes that moved since it was last seen to move, and when that was. */
  moved: number;
  seenMs: number;
  isWaiting: boolean;
  evict: (error: CovalenceError) => void;
}

/**
 * Counts what requests hold in memory for the other side, at most `limit` bytes together. Where something does not fit
 * any more, those that stand still are given up for it, the one that does so longest first; else it is refused.
 */
export function heldBytes(limit: number, clock: Clock): HeldBytes {
  const all = new Set<Held>();
  const holders = new Map<ArrayBufferLike, number>();
  let total = 0;

  const take = (held: Held, byteLength: number, buffer: ArrayBufferLike | undefined): void => {
    const others = buffer === undefined ? 0 : (holders.get(buffer) ?? 0);
    if (buffer !== undefined) holders.set(buffer, others + 1);
    if (others === 0) total += byteLength;
    held.byteLength = byteLength;
    held.buffer = buffer;
  };
  const letGo = ({ byteLength, buffer }: Held): void => {
    const others = buffer === undefined ? 0 : (holders.get(buffer) ?? 1) - 1;
    if (buffer !== undefined && others > 0) holders.set(buffer, others);
    else if (buffer !== undefined) holders.delete(buffer);
    if (others === 0) total -= byteLength;
  };
  const drop = (held: Held): void => {
    if (all.delete(held)) letGo(held);
  };
  const stillest = (asking: Held): Held | undefined => {
    const latestMs = clock.now() - IDLE_MS;
    let found: Held | undefined;
    for (const held of all) {
      if (held === asking || !held.isWaiting || held.byteLength <= SMALL_BYTE_LENGTH) continue;
      if (held.seenMs <= latestMs && held.seenMs < (found?.seenMs ?? Number.POSITIVE_INFINITY)) found = held;
    }
    return found;
  };
  return {
    get byteLength() {
      return total;
    },
    share() {
      let evict: Held['evict'] = () => undefined;
      const evicted = new Promise<never>((_resolve, reject) => (evict = reject));
      evicted.catch(() => undefined);
      const held: Held = { byteLength: 0, buffer: undefined, moved: 0, seenMs: clock.now(), isWaiting: true, evict };
      all.add(held);
      return {
        evicted,
        set(byteLength, buffer) {
          if (!all.has(held)) return;
          const before = { ...held };
          letGo(before);
          take(held, byteLength, buffer);
          const isTooMuch = (): boolean => total > limit && byteLength > SMALL_BYTE_LENGTH;
          while (isTooMuch()) {
            const other = stillest(held);
            if (other === undefined) {
              letGo(held);
              take(held, before.byteLength, before.buffer);
              throw full(limit);
            }
            drop(other);
            other.evict(makingRoom());
          }
        },
        moved(byteLength) {
          held.moved += byteLength;
          if (held.moved < STEP_BYTE_LENGTH) return;
          held.moved = 0;
          held.seenMs = clock.now();
        },
        settled() {
          held.isWaiting = false;
        },
        end: () => drop(held),
      };
    },
  };
}

function full(limit: number): CovalenceError {
  return new CovalenceError(
    'server/behind',
    `What this server holds for requests under way is ${limit} bytes, its limit. Try again in a moment.`,
    { limit },
  );
}

function makingRoom(): CovalenceError {
  return new CovalenceError(
    'request/timeout',
    `Less than ${STEP_BYTE_LENGTH} bytes moved in ${IDLE_MS / 1_000} s, and others needed the memory; nothing was changed. Send it again.`,
    { limit_ms: IDLE_MS, byte_length: STEP_BYTE_LENGTH },
  );
}
