import type { Clock } from '../../protocol/clock.ts';
import type { FrameLocker, LockGrant } from '../../data/frame-locker.ts';
import { isCovalenceError } from '../../protocol/errors.ts';
import type { PlaybackPosition } from '../../protocol/presence.ts';
import { equalValues } from '../../protocol/values.ts';
import type { Peer } from '../../state/index.ts';
import { PRESENTER_LOCK, presentedPosition, type PresenterLock } from './presented-position.ts';

/** How long the lock lasts without a renewal. */
export const PRESENTER_TTL_MS = 5_000;
const RENEW_MS = 1_600;
/** Whoever scrubbed and stopped is relieved after this time. */
const IDLE_MS = 3_000;
/** Whoever presents on purpose may be relieved after this time without a move. */
const LONG_IDLE_MS = 30_000;
/** Whose last move is not older than this has the hand on the slider. */
const MOVING_MS = 250;
/** A movement of the hand that somebody else's takeover interrupted is over when nothing came for this time. */
const GESTURE_MS = 1_000;
const RETRY_MS = 250;
/** After this time without the lock it is given up: longer than a dead holder keeps it. */
const GIVE_UP_MS = 7_000;

/** The locks of a server, as far as the seat needs them. */
export type PresenterLocks = Pick<FrameLocker, 'grantLock' | 'renewLock' | 'releaseLock'>;

/** What the seat knows of its surroundings. */
export interface PresenterSeatOptions {
  clock: Clock;
  locks: PresenterLocks;
  /** Name of the session on the control channel; undefined while offline. */
  session: () => string | undefined;
  /** The lock as the ledger shows it. */
  lock: () => PresenterLock | undefined;
  /** Everybody, the own person included. */
  peers: () => readonly Peer[];
  /** Shows fields of the own presence. */
  show: (patch: { playback?: PlaybackPosition | null; asks?: { fence: number } | null }) => void;
  /** Where this viewer is now. */
  position: () => Omit<PlaybackPosition, 'fence'>;
  /** Called when anything that people see of it changed. */
  onChange: () => void;
}

/** What a movement by hand came to: leads, is on its way there, has nobody to lead, or somebody presents on purpose. */
export type Move = 'leads' | 'apart' | 'alone' | 'refused';

/** The presenter's seat as one viewer sees it: taking it, keeping it, handing it over. */
export interface PresenterSeat {
  /** True while this viewer leads. */
  readonly isHeld: boolean;
  /** Fence of the newest lock that this viewer had; 0 before the first. */
  readonly fence: number;
  /** True between asking for the lock and having it. */
  readonly isTaking: boolean;
  /** True while what this viewer shows is its own business although it is on the way to lead, or was just relieved. */
  readonly isApart: boolean;
  /** True when it is held on purpose. */
  readonly isKept: boolean;
  /** True while the presenter is asked to hand over. */
  readonly isAsking: boolean;
  /** Called when this viewer moved by hand: it leads from now on if that is possible. */
  move(): Move;
  /** Takes the seat on purpose; asks first when somebody else sits there on purpose. */
  present(): void;
  stop(): void;
  /** Gives the seat to one of those who ask. */
  handOver(clientId: number): void;
  takeBack(): void;
  /** Tells the others where this viewer is, while it leads. */
  publish(): void;
  /** Called when lock, people or session changed. */
  refresh(): void;
  close(): Promise<void>;
}

/** Makes the seat of one viewer. */
export function presenterSeat(options: PresenterSeatOptions): PresenterSeat {
  const { clock, locks, session, lock, peers, show, position, onChange } = options;
  let granted: LockGrant | undefined;
  let newestFence = 0;
  let said: PlaybackPosition | undefined;
  let grantedTo: string | undefined;
  let isKept = false;
  /** On its way to the lock: pressed by the person now, or wanted back after it was lost. */
  let wanted: { sinceMs: number; isKept: boolean; isPatient: boolean; isPressed: boolean } | undefined;
  let isRequesting = false;
  let askedFence: number | undefined;
  let movedMs = Number.NEGATIVE_INFINITY;
  let relievedMs = Number.NEGATIVE_INFINITY;
  let handedMs = Number.NEGATIVE_INFINITY;
  let isRelieved = false;
  let aliveMs = 0;
  let isClosed = false;
  let cancelBeat: (() => void) | undefined;
  let cancelRetry: (() => void) | undefined;
  let cancelRelieved: (() => void) | undefined;

  const ask = (fence: number | undefined): void => {
    if (fence === askedFence) return;
    askedFence = fence;
    show({ asks: fence === undefined ? null : { fence } });
  };
  const others = (): readonly Peer[] => peers().filter((peer) => !peer.isSelf);
  const foreignLock = (): PresenterLock | undefined => {
    const held = lock();
    // One of our own session that was given back is gone in a moment.
    return held === undefined || held.fence === granted?.fence || held.session === session() ? undefined : held;
  };
  /** Milliseconds between then and now; where the wall clock was set back it was long ago. */
  const since = (thenMs: number): number => Math.abs(clock.now() - thenMs);
  /** Whether the holder of a lock presents on purpose. */
  const isKeptBy = (held: PresenterLock): boolean => presentedPosition(held, others())?.position.presenting === true;
  const isActive = (): boolean => position().playing || since(movedMs) < IDLE_MS;

  const say = (fence: number, next?: number): void => {
    const playback: PlaybackPosition = {
      fence,
      ...position(),
      ...(isKept ? { presenting: true } : {}),
      ...(next === undefined ? {} : { next }),
    };
    if (said !== undefined && equalValues({ ...said }, { ...playback })) return;
    said = playback;
    show({ playback });
  };
  const publish = (): void => {
    if (granted !== undefined) say(granted.fence);
  };
  const leave = (how: 'release' | 'lost', next?: number): void => {
    const mine = granted;
    if (mine === undefined) return;
    granted = undefined;
    if (next !== undefined) say(mine.fence, next);
    isKept = false;
    cancelBeat?.();
    if (how === 'release') {
      // Should it not arrive, the lock runs out by itself.
      void locks.releaseLock(mine.name, mine.token).catch(() => undefined);
    }
    onChange();
  };
  const beat = (): void => {
    cancelBeat?.();
    cancelBeat = clock.after(RENEW_MS, () => {
      const mine = granted;
      if (mine === undefined || isClosed) return;
      if (!isKept && !isActive()) {
        leave('release');
        return;
      }
      locks.renewLock(mine.name, mine.token).then(
        () => {
          if (granted === mine) aliveMs = clock.now();
        },
        (error: unknown) => {
          if (granted !== mine) return;
          const isLost = isCovalenceError(error, 'lock/lost') || since(aliveMs) > PRESENTER_TTL_MS;
          if (isLost) leaveLost();
        },
      );
      // Who came late, or lost a message, has it right again soon.
      if (position().playing) movedMs = clock.now();
      said = undefined;
      publish();
      beat();
      refresh();
    });
  };

  /** A machine that was too busy to renew in time goes on leading, unless somebody else does by now. */
  const leaveLost = (): void => {
    const again = { isKept, isActive: isActive() };
    leave('lost');
    if (foreignLock() === undefined && (again.isKept || again.isActive)) want(again.isKept);
  };

  const giveUp = (): void => {
    wanted = undefined;
    cancelRetry?.();
    ask(undefined);
    onChange();
  };
  const retryLater = (): void => {
    cancelRetry?.();
    cancelRetry = clock.after(RETRY_MS, pursue);
  };
  /** Goes on towards the lock: asks the holder for it, or the server when nobody holds it. */
  const pursue = (): void => {
    if (wanted === undefined || isRequesting || isClosed) return;
    if (!wanted.isPatient && since(wanted.sinceMs) > GIVE_UP_MS) {
      giveUp();
      return;
    }
    const held = foreignLock();
    if (held !== undefined && !wanted.isPatient && isKeptBy(held)) {
      // Somebody was faster, on purpose: whoever pressed asks them, whoever only moved or lost it follows.
      if (!wanted.isPressed) {
        giveUp();
        return;
      }
      wanted = { ...wanted, isPatient: true };
      onChange();
    }
    const mine = session();
    if (mine === undefined || held !== undefined) {
      ask(held?.fence);
      retryLater();
      return;
    }
    const aim = wanted;
    isRequesting = true;
    locks.grantLock(PRESENTER_LOCK, { ttlMs: PRESENTER_TTL_MS }).then(
      (lockOfOurs) => {
        isRequesting = false;
        if (isClosed || wanted === undefined || session() !== mine) {
          void locks.releaseLock(lockOfOurs.name, lockOfOurs.token).catch(() => undefined);
          pursue();
          return;
        }
        granted = lockOfOurs;
        newestFence = lockOfOurs.fence;
        grantedTo = mine;
        isKept = aim.isKept || wanted.isKept;
        wanted = undefined;
        isRelieved = false;
        aliveMs = clock.now();
        ask(undefined);
        publish();
        beat();
        onChange();
        refresh();
      },
      (error: unknown) => {
        isRequesting = false;
        if (wanted === undefined || isClosed) return;
        // Held by somebody the ledger does not show yet, or the line is down for a moment; anything else will not change.
        if (isCovalenceError(error, 'lock/held') || isCovalenceError(error, 'server/unreachable')) retryLater();
        else giveUp();
      },
    );
  };

  const endRelief = (): void => {
    cancelRelieved?.();
    cancelRelieved = clock.after(Math.max(1, GESTURE_MS - since(relievedMs)), () => {
      if (since(relievedMs) < GESTURE_MS) endRelief();
      else {
        isRelieved = false;
        // Nobody took what was handed over: whoever moved meanwhile leads again.
        if (foreignLock() === undefined && movedMs > handedMs) want(false);
        else onChange();
      }
    });
  };
  const relieve = (next: number): void => {
    const wasMoving = !position().playing && since(movedMs) < MOVING_MS;
    leave('release', next);
    if (!wasMoving) return;
    isRelieved = true;
    relievedMs = handedMs = clock.now();
    endRelief();
  };

  function refresh(): void {
    if (isClosed) return;
    if (granted !== undefined) {
      const held = lock();
      // A later fence, or another session of ours: the lock is not ours any more.
      if (held !== undefined && held.fence > granted.fence) leave('lost');
      else if (session() !== undefined && session() !== grantedTo) {
        const again = { isKept, isActive: isActive() };
        leave('release');
        if (again.isKept || again.isActive) want(again.isKept);
      } else {
        const { fence } = granted;
        const asking = others().find((peer) => peer.asks?.fence === fence);
        const isIdle = !position().playing && since(movedMs) > LONG_IDLE_MS;
        const isFree = !isKept || isIdle;
        if (asking !== undefined && isFree) relieve(asking.clientId);
      }
    }
    if (askedFence !== undefined && lock()?.fence !== askedFence) {
      // The lock that was asked for is gone: for us, or for somebody the presenter chose.
      const self = peers().find((peer) => peer.isSelf)?.clientId;
      const chosen = others().find((peer) => peer.playback?.fence === askedFence)?.playback?.next;
      if (chosen !== undefined && chosen !== self && wanted?.isPatient === true) giveUp();
      else pursue();
    }
    if (wanted !== undefined && !isRequesting && foreignLock() === undefined) pursue();
  }

  const want = (isOnPurpose: boolean, { isPatient = false, isPressed = false } = {}): void => {
    if (wanted === undefined) wanted = { sinceMs: clock.now(), isKept: isOnPurpose, isPatient, isPressed };
    else if (isOnPurpose) {
      wanted = {
        ...wanted,
        isKept: true,
        isPatient: wanted.isPatient || isPatient,
        isPressed: wanted.isPressed || isPressed,
      };
    }
    pursue();
    onChange();
  };

  return {
    get isHeld() {
      return granted !== undefined;
    },
    get fence() {
      return newestFence;
    },
    get isTaking() {
      return wanted !== undefined;
    },
    get isApart() {
      return granted !== undefined || (wanted !== undefined && !wanted.isPatient) || isRelieved;
    },
    get isKept() {
      return granted !== undefined && isKept;
    },
    get isAsking() {
      return wanted?.isPatient === true;
    },
    move() {
      movedMs = clock.now();
      if (granted !== undefined) {
        publish();
        return 'leads';
      }
      const held = foreignLock();
      // Nobody to lead: whoever comes finds the position in the document.
      if (held === undefined && wanted === undefined && others().length === 0) {
        isRelieved = false;
        return 'alone';
      }
      if (isRelieved) {
        relievedMs = movedMs;
        return 'apart';
      }
      if (wanted !== undefined && !wanted.isPatient) return 'apart';
      if (held !== undefined && isKeptBy(held)) return 'refused';
      want(false);
      return 'apart';
    },
    present() {
      movedMs = clock.now();
      if (granted !== undefined) {
        isKept = true;
        publish();
        onChange();
        return;
      }
      const held = foreignLock();
      want(true, { isPatient: held !== undefined && isKeptBy(held), isPressed: true });
    },
    stop() {
      if (wanted?.isPatient === true) giveUp();
      else if (wanted !== undefined) wanted = { ...wanted, isKept: false };
      if (granted === undefined) return;
      publish();
      leave('release');
    },
    handOver(clientId) {
      const { fence } = granted ?? {};
      if (fence === undefined || !others().some((peer) => peer.clientId === clientId && peer.asks?.fence === fence))
        return;
      relieve(clientId);
    },
    takeBack() {
      isRelieved = false;
      if (wanted !== undefined) giveUp();
    },
    publish,
    refresh,
    async close() {
      if (isClosed) return;
      const mine = granted;
      isClosed = true;
      granted = undefined;
      cancelBeat?.();
      cancelRetry?.();
      cancelRelieved?.();
      if (mine !== undefined) await locks.releaseLock(mine.name, mine.token).catch(() => undefined);
    },
  };
}
