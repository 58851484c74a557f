import type { Clock } from '../../protocol/clock.ts';
import { advance, frameAt, type PlayAnchor, placeCount, placeOf, type PlayPlan } from './play-plan.ts';

/** Frames a second when nobody chose. */
const DEFAULT_FRAMES_PER_SECOND = 24;
const MAX_FRAMES_PER_SECOND = 240;

/** Plays frames by the clock. What is shown follows from the time since play was pressed, never from the number of ticks. */
export interface Player {
  readonly index: number;
  readonly isPlaying: boolean;
  /** 1, or -1 on the way back. */
  readonly direction: 1 | -1;
  readonly plan: PlayPlan;
  /** Goes to a frame; playing goes on from there. */
  seek(index: number): void;
  play(direction?: 1 | -1): void;
  pause(): void;
  setPlan(patch: Partial<PlayPlan>): void;
  /** Called when the number of frames changed. */
  refresh(): void;
  close(): void;
}

/** A player over `count()` frames; `onChange` is called for every new frame and state. */
export function createPlayer(options: { clock: Clock; count: () => number; onChange: () => void }): Player {
  const { clock, count, onChange } = options;
  let plan: PlayPlan = { loop: 'loop', framesPerSecond: DEFAULT_FRAMES_PER_SECOND, skip: 1 };
  /** As asked for: a trajectory may still have to grow to it. */
  let index = 0;
  let shown = 0;
  let anchor: PlayAnchor | undefined;
  let cancel: (() => void) | undefined;

  const within = (wanted: number): number => Math.min(Math.max(0, wanted), Math.max(0, count() - 1));
  const tell = (): void => {
    shown = within(index);
    onChange();
  };
  const schedule = (): void => {
    cancel?.();
    if (anchor === undefined) return;
    const periodMs = 1000 / plan.framesPerSecond;
    const waitMs = anchor.timeMs + periodMs - clock.now();
    cancel = clock.after(Math.min(periodMs, Math.max(0, waitMs)), tick);
  };
  const start = (direction: 1 | -1): void => {
    anchor = { place: placeOf(plan, within(index), count()), direction, timeMs: clock.now() };
    schedule();
  };
  const stop = (): void => {
    anchor = undefined;
    cancel?.();
    cancel = undefined;
  };
  function tick(): void {
    if (anchor === undefined) return;
    const total = count();
    const nowMs = clock.now();
    // A wall clock that was set back must not hold the picture until it is that time again.
    if (nowMs < anchor.timeMs) anchor = { ...anchor, timeMs: nowMs };
    const next = advance(plan, anchor, nowMs, total);
    anchor = next.anchor;
    const at = frameAt(plan, anchor.place, total);
    const isSame = at === index;
    index = at;
    if (next.isFinished) stop();
    else schedule();
    if (!isSame || next.isFinished) tell();
  }

  return {
    get index() {
      return within(index);
    },
    get isPlaying() {
      return anchor !== undefined;
    },
    get direction() {
      return anchor?.direction ?? 1;
    },
    get plan() {
      return plan;
    },
    seek(wanted) {
      const next = Math.max(0, Math.trunc(wanted));
      const isSame = next === index;
      index = next;
      if (anchor !== undefined) {
        anchor = { ...anchor, place: placeOf(plan, within(index), count()), timeMs: clock.now() };
        index = frameAt(plan, anchor.place, count());
        schedule();
      }
      if (!isSame) tell();
    },
    play(direction = 1) {
      if (anchor !== undefined || placeCount(plan, count()) < 2) return;
      index = within(index);
      const places = placeCount(plan, count());
      // Pressed at the end of what plays once, it plays again.
      if (plan.loop === 'once' && placeOf(plan, index, count()) === places - 1) index = frameAt(plan, 0, count());
      start(direction);
      const first = frameAt(plan, anchor === undefined ? 0 : placeOf(plan, index, count()), count());
      index = first;
      tell();
    },
    pause() {
      if (anchor === undefined) return;
      stop();
      tell();
    },
    setPlan(patch) {
      const framesPerSecond = patch.framesPerSecond ?? plan.framesPerSecond;
      const skip = patch.skip ?? plan.skip;
      if (!(framesPerSecond > 0) || !(skip >= 1)) return;
      const isSame = Object.entries(patch).every(([field, value]) => plan[field as keyof PlayPlan] === value);
      if (isSame) return;
      plan = {
        ...plan,
        ...patch,
        framesPerSecond: Math.min(framesPerSecond, MAX_FRAMES_PER_SECOND),
        skip: Math.trunc(skip),
      };
      if (anchor !== undefined) {
        if (placeCount(plan, count()) < 2) stop();
        else {
          start(plan.loop === 'bounce' ? anchor.direction : 1);
          index = frameAt(plan, placeOf(plan, within(index), count()), count());
        }
      }
      tell();
    },
    refresh() {
      if (within(index) !== shown) tell();
    },
    close: stop,
  };
}
