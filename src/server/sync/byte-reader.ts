import { isUtf8 } from 'node:buffer';

/** The bytes end early, or hold a number or text that cannot be. Caught by the gate, never seen outside. */
export class MalformedBytes extends Error {
  override readonly name = 'MalformedBytes';
}

/** Reads lib0's encoding from bytes of strangers: every length is checked before it is believed. */
export class ByteReader {
  readonly bytes: Uint8Array;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.position === this.bytes.length;
  }

  byte(): number {
    if (this.position >= this.bytes.length) throw new MalformedBytes('it ends early');
    const byte = this.bytes[this.position];
    this.position += 1;
    return byte;
  }

  /** An unsigned number of at most 2^53 - 1. */
  varUint(): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (value > Number.MAX_SAFE_INTEGER) throw new MalformedBytes('it holds a number beyond 2^53');
      if (byte < 128) return value;
      factor *= 128;
    }
  }

  /** Passes over a signed number. */
  skipVarInt(): void {
    let byte = this.byte();
    let value = byte & 63;
    let factor = 64;
    while (byte >= 128) {
      byte = this.byte();
      value += (byte & 127) * factor;
      factor *= 128;
      if (value > Number.MAX_SAFE_INTEGER) throw new MalformedBytes('it holds a number beyond 2^53');
    }
  }

  skip(byteLength: number): void {
    if (byteLength > this.bytes.length - this.position) throw new MalformedBytes('it ends early');
    this.position += byteLength;
  }

  /** Passes over bytes with their length before them; returns the length. */
  skipVarBytes(): number {
    const byteLength = this.varUint();
    this.skip(byteLength);
    return byteLength;
  }

  /** Passes over a text; refuses what is not UTF-8, as lib0 does. Returns its length in bytes. */
  skipText(): number {
    const byteLength = this.varUint();
    const start = this.position;
    this.skip(byteLength);
    if (!this.#isAscii(start)) this.#checkUtf8(start);
    return byteLength;
  }

  /** A text of at most `maxByteLength` bytes. */
  text(maxByteLength: number): string {
    const byteLength = this.varUint();
    if (byteLength > maxByteLength) throw new MalformedBytes(`it holds a name of ${byteLength} bytes`);
    const start = this.position;
    this.skip(byteLength);
    if (!this.#isAscii(start)) this.#checkUtf8(start);
    const { buffer, byteOffset } = this.bytes;
    return Buffer.from(buffer, byteOffset + start, byteLength).toString('utf8');
  }

  /** Nearly all texts here are short and plain, for which a call into the platform is the slow way. */
  #isAscii(start: number): boolean {
    if (this.position - start > 64) return false;
    for (let at = start; at < this.position; at += 1) if (this.bytes[at] > 127) return false;
    return true;
  }

  #checkUtf8(start: number): void {
    if (!isUtf8(this.bytes.subarray(start, this.position)))
      throw new MalformedBytes('it holds a text that is not UTF-8');
  }
}
