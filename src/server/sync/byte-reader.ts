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

  /** Passes over a text; refuses what is not UTF-8, as lib0 does. */
  skipText(): void {
    const byteLength = this.varUint();
    const start = this.position;
    this.skip(byteLength);
    if (!isUtf8(this.bytes.subarray(start, this.position)))
      throw new MalformedBytes('it holds a text that is not UTF-8');
  }

  /** A text of at most `maxByteLength` bytes. */
  text(maxByteLength: number): string {
    const byteLength = this.varUint();
    if (byteLength > maxByteLength) throw new MalformedBytes(`it holds a name of ${byteLength} bytes`);
    const start = this.position;
    this.skip(byteLength);
    const bytes = this.bytes.subarray(start, this.position);
    if (!isUtf8(bytes)) throw new MalformedBytes('it holds a name that is not UTF-8');
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  }
}
