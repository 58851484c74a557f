import type { FrameRange } from '../../room/playback/play-plan.ts';
import type { RoomPlayback } from '../../room/room.ts';
import { frameUnder } from './timeline-marks.ts';

/** A pointer on the slider: scrubs, or with Shift draws the range that is played. */
export class SliderHand {
  /** The range being drawn. */
  range: FrameRange | undefined;
  #start: number | undefined;
  #letGo: (() => void) | undefined;

  press(event: PointerEvent, playback: RoomPlayback, count: number): void {
    if (event.button !== 0 || count < 2) return;
    const track = event.currentTarget as HTMLElement;
    if (!event.shiftKey) {
      this.#letGo ??= playback.hold();
      return;
    }
    // Not a scrub: the slider would go to where the drag begins.
    event.preventDefault();
    track.setPointerCapture(event.pointerId);
    this.#start = frameUnder(event.clientX, track.getBoundingClientRect(), count);
  }

  /** The pointer is over frame `at`. */
  move(at: number): void {
    if (this.#start === undefined) return;
    this.range = { first: Math.min(at, this.#start), last: Math.max(at, this.#start) };
  }

  /** Let go, or taken away. */
  release(playback: RoomPlayback | undefined): void {
    const { range } = this;
    this.#start = this.range = undefined;
    this.#letGo?.();
    this.#letGo = undefined;
    if (range !== undefined && range.last > range.first) playback?.setFrames(range);
  }
}
