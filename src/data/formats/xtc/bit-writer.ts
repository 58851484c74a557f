/** Bits one after the other, first bit highest. */
export class BitWriter {
  private bytes: Uint8Array;
  private length = 0;
  /** Bits that do not fill a byte yet. */
  private held = 0;
  private heldCount = 0;

  /** `byteLength` is a guess; the room grows. */
  constructor(byteLength: number) {
    this.bytes = new Uint8Array(Math.max(64, byteLength));
  }

  /** A number of up to 16 bits, or of 17 to 32 in two pieces. */
  bits(value: number, count: number): void {
    if (count > 16) {
      this.bits(value >>> 16, count - 16);
      this.bits(value & 0xffff, 16);
      return;
    }
    this.held = (this.held << count) | (value & ((1 << count) - 1));
    this.heldCount += count;
    if (this.length + 4 > this.bytes.length) this.grow();
    while (this.heldCount >= 8) {
      this.heldCount -= 8;
      this.bytes[this.length] = this.held >>> this.heldCount;
      this.length += 1;
    }
    this.held &= 0xff;
  }

  /** A number of up to 50 bits whose bytes go lowest first. */
  number(value: number, count: number): void {
    let rest = value;
    let left = count;
    for (; left > 8; left -= 8) {
      const upper = Math.floor(rest / 256);
      this.bits(rest - upper * 256, 8);
      rest = upper;
    }
    this.bits(rest, left);
  }

  /** As {@link number}, of any size. */
  bigNumber(value: bigint, count: number): void {
    let rest = value;
    let left = count;
    for (; left > 8; left -= 8) {
      this.bits(Number(rest & 255n), 8);
      rest >>= 8n;
    }
    this.bits(Number(rest), left);
  }

  /** All bytes; the last is filled with zeros. They are valid until more is written. */
  finish(): Uint8Array {
    if (this.heldCount > 0) this.bits(0, 8 - this.heldCount);
    return this.bytes.subarray(0, this.length);
  }

  private grow(): void {
    const larger = new Uint8Array(this.bytes.length * 2);
    larger.set(this.bytes);
    this.bytes = larger;
  }
}
