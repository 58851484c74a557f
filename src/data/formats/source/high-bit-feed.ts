import { ByteFeed } from './byte-feed.ts';
import { InflateProblem } from './prefix-code.ts';

/** Compressed bytes as they arrive, taken bit by bit, highest first. */
export class HighBitFeed extends ByteFeed {
  private held = 0;
  private heldBits = 0;

  /** Whether a byte is left; meaningful on a byte's boundary. */
  get isEmpty(): boolean {
    return this.at >= this.bytes.length;
  }

  /** The next `count` bits, at most 24. */
  take(count: number): number {
    while (this.heldBits < count) {
      if (this.at >= this.bytes.length) throw new InflateProblem('it ends too early', true);
      this.held = ((this.held << 8) | this.bytes[this.at++]) >>> 0;
      this.heldBits += 8;
    }
    this.heldBits -= count;
    const value = this.held >>> this.heldBits;
    this.held &= (1 << this.heldBits) - 1;
    return value;
  }

  /** The next 32 bits. */
  word(): number {
    return ((this.take(16) << 16) | this.take(16)) >>> 0;
  }

  /** Leaves the rest of a byte that was begun. */
  align(): void {
    this.heldBits -= this.heldBits % 8;
    // At most whole bytes are held; they were looked at and not taken.
    this.at -= this.heldBits >> 3;
    this.held = 0;
    this.heldBits = 0;
  }
}
