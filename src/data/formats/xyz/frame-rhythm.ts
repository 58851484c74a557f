/**
 * Learns how many bytes the atoms of a frame take, all but the last, so that frames of equal length can be jumped
 * over. A jump is believed only when it lands on an atom that is followed by a count or the end of the file; reading
 * the frame checks the rest. After each miss more equal frames are needed before the next jump.
 */
export class FrameRhythm {
  /** True from a jump until the frame is confirmed. */
  isGuessing = false;
  private atomCount = -1;
  private start = 0;
  private byteLength = 0;
  private streak = 0;
  private needed = 2;

  /** Called with the offset of a frame's first atom. */
  begin(atomCount: number, offset: number): void {
    if (atomCount !== this.atomCount) this.streak = 0;
    this.atomCount = atomCount;
    this.start = offset;
  }

  /** Bytes to jump over, 0 while the frames are not known to be of equal length. */
  guess(): number {
    this.isGuessing = this.streak >= this.needed;
    return this.isGuessing ? this.byteLength : 0;
  }

  /** Called with the offset of a frame's last atom. */
  finish(offset: number): void {
    const byteLength = offset - this.start;
    this.streak = byteLength === this.byteLength ? this.streak + 1 : 0;
    this.byteLength = byteLength;
  }

  /** Called when a frame has proved to be whole. */
  confirm(): void {
    this.isGuessing = false;
  }

  /** Called when a jump has led nowhere; the frame is scanned again. */
  miss(): void {
    this.isGuessing = false;
    this.streak = 0;
    this.needed = Math.min(2 * this.needed, 1024);
  }
}
