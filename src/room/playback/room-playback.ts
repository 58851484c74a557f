import type { Clock } from '../../protocol/clock.ts';
import type { PlaybackPosition } from '../../protocol/presence.ts';
import type { PlaybackRecord } from '../../protocol/records/scene.ts';
import { equalValues } from '../../protocol/values.ts';
import type { Peer } from '../../state/index.ts';
import type { FollowTarget, RoomPlayback, SeekOptions } from '../room.ts';
import type { FrameRange, LoopMode, PlayPlan } from './play-plan.ts';
import { createPlayer } from './player.ts';
import { positionOf, planOf } from './position-plan.ts';
import { presentedPosition, type PresenterLock, presenterOf } from './presented-position.ts';
import { type PresenterLocks, presenterSeat } from './presenter-seat.ts';

/** What playing together needs of a room. */
export interface SharedPlaybackOptions {
  /** Absent where no server decides who presents: then everybody plays for themself. */
  locks?: PresenterLocks | undefined;
  session: () => string | undefined;
  /** False when this viewer may only watch. */
  mayPresent: () => boolean;
  lock: () => PresenterLock | undefined;
  peers: () => readonly Peer[];
  show: (patch: { playback?: PlaybackPosition | null; asks?: { fence: number } | null }) => void;
  /** The last committed position. */
  committed: () => PlaybackRecord | undefined;
  commit: (record: PlaybackRecord) => void;
  /** Indices of the frames that a bookmark names; undefined when it names no set or range. */
  framesOf: (bookmark: string) => FrameRange | readonly number[] | undefined;
}

/** What playing needs to know of its surroundings. */
export interface RoomPlaybackOptions {
  clock: Clock;
  /** Frames of the trajectory now. */
  count: () => number;
  shared?: SharedPlaybackOptions;
}

/** {@link RoomPlayback} with the doors that only the room's maker uses. */
export interface RoomPlaybackControl extends RoomPlayback {
  /** Called when lock, people, bookmarks, session or the number of frames changed. */
  refresh(): void;
  close(): Promise<void>;
}

/** A lone viewer's position is committed when it stood still for this time. */
const SETTLE_MS = 1_500;
/** A follower that is this near to what the presenter says goes on smoothly instead of jumping. */
const TOLERANCE_MS = 250;

/** The position of this viewer: its own, or that of whoever it follows. */
export function roomPlayback({ clock, count, shared }: RoomPlaybackOptions): RoomPlaybackControl {
  const listeners = new Set<() => void>();
  let following: FollowTarget = 'room';
  let bookmark: string | undefined;
  /** Highest fence whose position was shown here. */
  let fence = 0;
  let adopted: PlaybackPosition | undefined;
  let committedSeen: PlaybackRecord | undefined;
  let cancelSettle: (() => void) | undefined;
  /** Who leads, how, and who asks, as listeners were told. */
  let lead = '';
  let isClosed = false;
  /** Hands on the slider here. */
  let hands = 0;

  const tell = (): void => {
    for (const listener of Array.from(listeners)) listener();
  };
  let wasApart = false;
  let wasHeld = false;
  /** Moved while alone, and not yet told to anybody. */
  let isUntold = false;
  /** Led until a moment ago: what the server keeps of that may be older than what was shown here. */
  let isLast = false;
  /** Looks at everything as if for the first time. */
  const forget = (): void => {
    adopted = undefined;
    committedSeen = undefined;
  };
  const player = createPlayer({
    clock,
    count,
    onChange() {
      // Also what plays once and ends by itself.
      if (!player.isPlaying) seat?.publish();
      tell();
    },
  });
  const own = (): Omit<PlaybackPosition, 'fence'> => positionOf(player, bookmark);
  const seat =
    shared?.locks === undefined
      ? undefined
      : presenterSeat({
          clock,
          locks: shared.locks,
          session: shared.session,
          lock: shared.lock,
          peers: shared.peers,
          show: shared.show,
          position: own,
          onChange() {
            fence = Math.max(fence, seat?.fence ?? 0);
            // What was shown meanwhile was this viewer's own business and is nobody's any more.
            if (wasApart && seat?.isApart === false && !wasHeld) forget();
            // Whoever asked for the lead and looked around meanwhile leads from where they are.
            if (seat?.isHeld === true && !wasHeld) following = 'room';
            if (wasHeld && seat?.isHeld === false && following === 'room') {
              isLast = true;
              player.pause();
              settle();
            }
            wasApart = seat?.isApart ?? false;
            wasHeld = seat?.isHeld ?? false;
            follow();
            tell();
          },
        });

  const settle = (): void => {
    cancelSettle?.();
    if (shared === undefined || seat === undefined) return;
    cancelSettle = clock.after(SETTLE_MS, () => {
      // Alone, or last to lead: what the server keeps of a leader is what had arrived when the lock was given back.
      if (shared.lock() !== undefined) isLast = false;
      const isOurs = fence === seat.fence || shared.peers().every((peer) => peer.isSelf);
      if (isClosed || !isOurs || shared.lock() !== undefined || player.isPlaying || following !== 'room') return;
      if (!(isUntold || isLast) || !shared.mayPresent()) return;
      isUntold = isLast = false;
      const before = shared.committed();
      if (before?.frame_index === player.index) return;
      fence = Math.max(fence, before?.fence ?? 0);
      committedSeen = { frame_index: player.index, fence };
      shared.commit(committedSeen);
    });
  };
  /** A movement by hand. */
  const move = (): void => {
    adopted = undefined;
    if (seat === undefined || shared === undefined) return;
    if (following !== 'room') {
      if (following === 'nobody') return;
      following = 'room';
      tell();
    }
    const moved = shared.mayPresent() ? seat.move() : 'refused';
    if (moved === 'refused') {
      // Somebody presents on purpose, or this viewer only watches: it looks around on its own.
      if (shared.lock() !== undefined) following = 'nobody';
      tell();
      return;
    }
    isUntold = moved === 'alone';
    settle();
  };

  const adopt = (position: PlaybackPosition): void => {
    if (adopted !== undefined && equalValues({ ...position }, { ...adopted })) return;
    isUntold = isLast = false;
    const isContinued = adopted?.playing === true && position.playing && player.isPlaying;
    adopted = position;
    bookmark = position.bookmark;
    player.setPlan(planOf(position, shared?.framesOf));
    const framesApart = Math.abs(position.frame_index - player.index);
    const isNear = isContinued && framesApart <= Math.max(2, (position.frames_per_second * TOLERANCE_MS) / 1000);
    if (!isNear) {
      player.pause();
      player.seek(position.frame_index);
    }
    if (position.playing) player.play(position.direction);
    else {
      player.pause();
      player.seek(position.frame_index);
    }
  };
  const freeze = (): void => {
    if (adopted?.playing === true) player.pause();
    adopted = undefined;
  };
  function follow(): void {
    if (shared === undefined || isClosed || hands > 0) return;
    const lock = shared.lock();
    if (typeof following === 'number') {
      const peer = shared.peers().find(({ clientId }) => clientId === following);
      if (peer === undefined) {
        following = 'room';
        tell();
      } else {
        const led = presentedPosition(lock, shared.peers());
        if (led?.peer.clientId === following) adopt(led.position);
        else if (peer.frame != null) {
          freeze();
          player.pause();
          player.seek(peer.frame.index);
        }
        return;
      }
    }
    if (following === 'nobody' || seat?.isApart === true) return;
    const led = presentedPosition(lock, shared.peers());
    if (led !== undefined) {
      if (led.peer.isSelf) return;
      fence = Math.max(fence, led.position.fence);
      adopt(led.position);
      return;
    }
    // The presenter is gone, or is about to say where they are: what is shown stays.
    freeze();
    if (lock !== undefined) return;
    const record = shared.committed();
    // A move of one's own is newer than what the room remembers, and is told when it has settled.
    if (record === undefined || record === committedSeen || isUntold) return;
    if ((record.fence ?? 0) < fence || (isLast && record.fence === seat?.fence)) return;
    const isNews =
      committedSeen === undefined ||
      record.frame_index !== committedSeen.frame_index ||
      (record.fence ?? 0) > (committedSeen.fence ?? 0);
    committedSeen = record;
    if (!isNews) return;
    fence = Math.max(fence, record.fence ?? 0);
    if (record.frames_per_second !== undefined) player.setPlan({ framesPerSecond: record.frames_per_second });
    player.pause();
    player.seek(record.frame_index);
  }

  const playback: RoomPlaybackControl = {
    get frameIndex() {
      return player.index;
    },
    get isPlaying() {
      return player.isPlaying;
    },
    get framesPerSecond() {
      return player.plan.framesPerSecond;
    },
    get loop() {
      return player.plan.loop;
    },
    get skip() {
      return player.plan.skip;
    },
    get range() {
      const { frames } = player.plan;
      return frames === undefined || 'length' in frames ? undefined : frames;
    },
    get bookmark() {
      return bookmark;
    },
    get following() {
      return following;
    },
    get presenter() {
      return shared === undefined ? undefined : presenterOf(shared.lock(), shared.peers());
    },
    get isPresenting() {
      return seat?.isHeld ?? false;
    },
    get isPresentingOnPurpose() {
      if (shared === undefined) return false;
      if (seat?.isHeld === true) return seat.isKept;
      return presentedPosition(shared.lock(), shared.peers())?.position.presenting ?? false;
    },
    get mayPresent() {
      return seat !== undefined && shared?.mayPresent() === true;
    },
    get isAsking() {
      return seat?.isAsking ?? false;
    },
    get asking() {
      const lock = shared?.lock();
      if (lock === undefined || shared === undefined) return [];
      return shared.peers().filter((peer) => !peer.isSelf && peer.asks?.fence === lock.fence);
    },
    seek(index: number, { quietly = false }: SeekOptions = {}) {
      const next = Math.min(Math.max(0, Math.trunc(index)), Math.max(0, count() - 1));
      if (next === player.index) {
        player.seek(next);
        return;
      }
      player.seek(next);
      if (!quietly) move();
      else if (shared?.lock() !== undefined && seat?.isHeld !== true) {
        following = 'nobody';
        tell();
      } else seat?.publish();
    },
    hold() {
      let isHeld = true;
      hands += 1;
      return () => {
        if (!isHeld) return;
        isHeld = false;
        hands -= 1;
        follow();
      };
    },
    play() {
      if (player.isPlaying || count() < 2) return;
      player.play();
      if (player.isPlaying) move();
    },
    pause() {
      if (!player.isPlaying) return;
      player.pause();
      move();
    },
    setFramesPerSecond: (framesPerSecond) => change({ framesPerSecond }),
    setLoop: (loop: LoopMode) => change({ loop }),
    setSkip: (skip) => change({ skip }),
    setFrames(frames) {
      bookmark = typeof frames === 'string' ? frames : undefined;
      const chosen = typeof frames === 'string' ? shared?.framesOf(frames) : frames;
      change({ frames: chosen });
    },
    follow(target) {
      if (target === following && target !== 'room') return;
      if (target === 'nobody' && shared === undefined) return;
      following = target;
      forget();
      isUntold = isLast = false;
      seat?.takeBack();
      if (target !== 'room') seat?.stop();
      follow();
      tell();
    },
    present() {
      if (seat === undefined || shared?.mayPresent() !== true) return;
      following = 'room';
      seat.present();
      tell();
    },
    stopPresenting() {
      seat?.stop();
      tell();
    },
    handOver(clientId) {
      seat?.handOver(clientId);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    refresh() {
      if (isClosed) return;
      seat?.refresh();
      follow();
      player.refresh();
      const { presenter, isPresentingOnPurpose, asking } = playback;
      const now = `${presenter?.clientId} ${isPresentingOnPurpose} ${asking.map(({ clientId }) => clientId).join()}`;
      if (now !== lead) {
        lead = now;
        tell();
      }
      // Somebody came while this viewer was moving alone: from now on it leads.
      const isAccompanied = shared?.peers().some((peer) => !peer.isSelf) === true;
      if (seat === undefined || !isAccompanied || following !== 'room' || adopted !== undefined || seat.isApart) return;
      if (!isUntold) return;
      isUntold = false;
      if (shared?.lock() === undefined && shared?.mayPresent()) seat.move();
      else {
        forget();
        follow();
      }
    },
    async close() {
      isClosed = true;
      cancelSettle?.();
      player.close();
      listeners.clear();
      await seat?.close();
    },
  };
  const change = (patch: Partial<PlayPlan>): void => {
    player.setPlan(patch);
    if (seat?.isHeld === true) seat.publish();
    else if (player.isPlaying) move();
  };
  return playback;
}
