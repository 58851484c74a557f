import { ByteFeed } from './byte-feed.ts';
import { InflateProblem, type PrefixCode } from './prefix-code.ts';

/** Compressed bytes as they arrive, taken bit by bit, lowest first. */
export class BitFeed extends ByteFeed {
  private held = 0;
  private heldBits = 0;

  /** Whether a byte is left; meaningful on a byte's boundary. */
  get isEmpty(): boolean {
    return this.at >= this.bytes.length && this.heldBits === 0;
  }

  /** The next `count` bits, at most 16. */
  take(count: number): number {
    while (this.heldBits < count) {
      if (this.at >= this.bytes.length) throw new InflateProblem('it ends too early', true);
      this.held |= this.bytes[this.at++] << this.heldBits;
      this.heldBits += 8;
    }
    const value = this.held & ((1 << count) - 1);
    this.held >>>= count;
    this.heldBits -= count;
    return value;
  }

  /** The next symbol of `code`. */
  symbol(code: PrefixCode): number {
    const { width, table } = code;
    while (this.heldBits < width && this.at < this.bytes.length) {
      this.held |= this.bytes[this.at++] << this.heldBits;
      this.heldBits += 8;
    }
    const entry = table[this.held & (table.length - 1)];
    const length = entry & 15;
    if (length === 0) throw new InflateProblem('a code has no meaning');
    if (length > this.heldBits) throw new InflateProblem('it ends too early', true);
    this.held >>>= length;
    this.heldBits -= length;
    return entry >> 4;
  }

  /** Leaves the rest of a byte that was begun, and gives back whole bytes that were looked at. */
  align(): void {
    this.at -= this.heldBits >> 3;
    this.held = 0;
    this.heldBits = 0;
  }
}
