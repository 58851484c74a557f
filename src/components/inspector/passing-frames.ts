import type { Frame } from '../../protocol/frames.ts';
import type { Room } from '../../room/room.ts';
import { FrameController } from '../controllers/frame-controller.ts';

/** Frames are at rest when nobody moved them for so long. */
const REST_MS = 150;

/** While a trajectory plays, everything of a frame is read at most once in so long. */
const LOOK_MS = 250;

/** What whoever follows with {@link followPassingFrames} is told. */
export interface PassingFramesOptions {
  /** The newest frame that was read whole; undefined when there is none. */
  onFrame: (frame: Frame | undefined) => void;
  /** Whether the frame handed out last is one of before: people scrub, or the one that plays cannot be read. */
  onMoving: (isMoving: boolean) => void;
  onError: (isUnreadable: boolean) => void;
  /** Whether anybody sees it; nothing is read of a trajectory that plays while not. */
  isSeen: () => boolean;
}

/**
 * Follows the frame a room is at with everything it carries: at rest each change of it, while it plays a few frames a
 * second with one request at a time, while people scrub nothing. Returns how to stop.
 */
export function followPassingFrames(room: Room, options: PassingFramesOptions): () => void {
  const { onMoving } = options;
  const { playback } = room;
  let shown: Frame | undefined;
  const onFrame = (frame: Frame | undefined): void => {
    shown = frame;
    options.onFrame(frame);
  };
  const frames = new FrameController({ onFrame, onError: (error) => options.onError(error !== undefined) });
  let undo: (() => void) | undefined;
  let rest: ReturnType<typeof setTimeout> | undefined;
  let pause: ReturnType<typeof setTimeout> | undefined;
  let looking: AbortController | undefined;
  let seen = playback.frameIndex;

  const read = (): void => {
    rest = undefined;
    onMoving(false);
    undo ??= frames.connect(room);
  };
  const stopReading = (): void => {
    const last = shown;
    undo?.();
    undo = undefined;
    onFrame(last);
  };
  const look = async (): Promise<void> => {
    if (!playback.isPlaying || looking !== undefined || pause !== undefined || !options.isSeen()) return;
    const mine = (looking = new AbortController());
    pause = setTimeout(() => {
      pause = undefined;
      void look();
    }, LOOK_MS);
    try {
      // The picture asks first, so that what it reads ahead goes on and its bytes are shared.
      await Promise.resolve();
      const frame = await room.frames.read(playback.frameIndex, { signal: mine.signal });
      if (mine.signal.aborted) return;
      onFrame(frame);
      onMoving(false);
    } catch {
      if (!mine.signal.aborted) onMoving(true);
    } finally {
      if (looking === mine) looking = undefined;
    }
  };
  const stopLooking = (): void => {
    looking?.abort();
    looking = undefined;
  };
  const follow = (): void => {
    const { frameIndex, isPlaying } = playback;
    const isAwaited = undo !== undefined || rest !== undefined;
    if (frameIndex === seen && !isPlaying && isAwaited) return;
    const isNew = frameIndex !== seen;
    seen = frameIndex;
    clearTimeout(rest);
    rest = undefined;
    // Whatever passes by is read for the picture only: everything of each frame would be many times as much.
    if (undo !== undefined) stopReading();
    if (isPlaying) {
      if (isNew) void look();
      return;
    }
    stopLooking();
    onMoving(true);
    rest = setTimeout(read, REST_MS);
  };
  // Told before whoever reads is, so that nothing is read that nobody waits for.
  const undoFollow = playback.onChange(follow);
  if (playback.isPlaying) void look();
  else read();
  return () => {
    undoFollow();
    stopLooking();
    clearTimeout(rest);
    clearTimeout(pause);
    undo?.();
  };
}
