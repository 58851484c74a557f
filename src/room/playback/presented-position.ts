import type { LockRecord } from '../../protocol/ledger.ts';
import type { PlaybackPosition } from '../../protocol/presence.ts';
import type { Peer } from '../../state/index.ts';

/** Name of the lock that whoever leads the others through the trajectory holds. */
export const PRESENTER_LOCK = 'presenter';

/** The holder of the `presenter` lock: a session and the fence of its grant. */
export type PresenterLock = Pick<LockRecord, 'session' | 'fence'>;

/** The person who leads, and where they are. */
export interface PresentedPosition {
  peer: Peer;
  position: PlaybackPosition;
}

/**
 * What the presenter shows: of the people who hold the lock's session, the one whose position has the lock's fence.
 * Undefined while nobody holds it or the position is still on its way. Nothing else counts, neither the order in which
 * things arrived nor the time: whoever knows the same lock and the same people sees the same.
 */
export function presentedPosition(
  lock: PresenterLock | undefined,
  peers: readonly Peer[],
): PresentedPosition | undefined {
  if (lock === undefined) return undefined;
  for (const peer of peers) {
    const { playback: position } = peer;
    if (peer.session === lock.session && position?.fence === lock.fence) return { peer, position };
  }
  return undefined;
}

/** The person who holds the lock, also before their position is here. */
export function presenterOf(lock: PresenterLock | undefined, peers: readonly Peer[]): Peer | undefined {
  if (lock === undefined) return undefined;
  return presentedPosition(lock, peers)?.peer ?? peers.find((peer) => peer.session === lock.session);
}

/** Reads the lock from the ledger's record; undefined for anything else. */
export function presenterLock(record: unknown): PresenterLock | undefined {
  if (typeof record !== 'object' || record === null) return undefined;
  const { session, fence } = record as Partial<LockRecord>;
  return typeof session === 'string' && typeof fence === 'number' ? { session, fence } : undefined;
}
