/** What the scanner asks of a format. */
export interface LineConsumer {
  /**
   * Called with each line that is not skipped: `bytes[start, end)` without its newline (a `\r` stays), the offset of
   * its first byte in the source and its number from 1. Answers how many of the following lines to pass over unseen.
   */
  line(bytes: Uint8Array, start: number, end: number, offset: number, number: number): number;
}

/** A longer line than this is no text file. */
const LONGEST_LINE = 64 * 1024 * 1024;

const NEWLINE = 10;
const NEWLINES = 0x0a0a0a0a;

/**
 * Cuts a stream of bytes into lines and passes over lines that nobody needs at four bytes a step. Memory is one piece
 * of the stream plus the longest line that is looked at.
 */
export class LineScanner {
  /** Offset in the source of the next byte. */
  offset: number;
  /** Number of the next line, from 1. */
  lineNumber: number;
  /** Lines still to be passed over. */
  skipping = 0;
  private readonly consumer: LineConsumer;
  private carried: Uint8Array[] = [];
  private carriedLength = 0;
  /** Whether bytes of an unfinished line have been passed over. */
  private insideSkipped = false;

  constructor(consumer: LineConsumer, offset = 0, lineNumber = 1) {
    this.consumer = consumer;
    this.offset = offset;
    this.lineNumber = lineNumber;
  }

  /** Takes the next piece; the piece is not kept. */
  push(piece: Uint8Array): void {
    let at = 0;
    while (at < piece.length) {
      if (this.skipping > 0) {
        at = this.skip(piece, at);
        continue;
      }
      const newline = piece.indexOf(NEWLINE, at);
      if (newline < 0) {
        this.carry(piece.slice(at));
        this.offset += piece.length - at;
        return;
      }
      const start = at;
      at = newline + 1;
      if (this.carriedLength === 0) this.deliver(piece, start, newline, this.offset);
      else {
        this.carry(piece.slice(start, newline));
        const line = this.joined();
        this.deliver(line, 0, line.length, this.offset - (line.length - (newline - start)));
      }
      this.offset += at - start;
    }
  }

  /** Tells the end of the source: delivers a last line without newline. `skipping` is what was missing. */
  end(): void {
    if (this.insideSkipped) {
      this.insideSkipped = false;
      this.skipping -= 1;
      this.lineNumber += 1;
    } else if (this.carriedLength > 0) {
      const line = this.joined();
      this.deliver(line, 0, line.length, this.offset - line.length);
    }
  }

  private deliver(bytes: Uint8Array, start: number, end: number, offset: number): void {
    const number = this.lineNumber;
    this.lineNumber += 1;
    this.skipping = this.consumer.line(bytes, start, end, offset, number);
  }

  private carry(bytes: Uint8Array): void {
    if (this.carriedLength + bytes.length > LONGEST_LINE) {
      throw new RangeError(`line ${this.lineNumber} is longer than ${LONGEST_LINE} bytes`);
    }
    this.carried.push(bytes);
    this.carriedLength += bytes.length;
  }

  private joined(): Uint8Array {
    const line = new Uint8Array(this.carriedLength);
    let at = 0;
    for (const piece of this.carried) {
      line.set(piece, at);
      at += piece.length;
    }
    this.carried = [];
    this.carriedLength = 0;
    return line;
  }

  private skip(piece: Uint8Array, from: number): number {
    const before = this.skipping;
    const at = this.passOver(piece, from);
    this.offset += at - from;
    this.lineNumber += before - this.skipping;
    this.insideSkipped = this.skipping > 0 && piece[at - 1] !== NEWLINE;
    return at;
  }

  private passOver(piece: Uint8Array, from: number): number {
    let remaining = this.skipping;
    let at = from;
    const length = piece.length;
    const misaligned = (piece.byteOffset + at) & 3;
    if (misaligned !== 0) {
      const stop = Math.min(length, at + 4 - misaligned);
      while (at < stop) {
        if (piece[at++] === NEWLINE && --remaining === 0) break;
      }
    }
    if (remaining > 0 && length - at >= 4) {
      const words = new Int32Array(piece.buffer, piece.byteOffset + at, (length - at) >> 2);
      const base = at;
      let word = 0;
      for (; word < words.length; word += 1) {
        const x = words[word] ^ NEWLINES;
        // Nonzero exactly when one of the four bytes of x is zero.
        if (((x - 0x01010101) & ~x & 0x80808080) === 0) continue;
        const wordAt = base + (word << 2);
        let found = 0;
        for (let k = 0; k < 4; k += 1) {
          if (piece[wordAt + k] !== NEWLINE) continue;
          found += 1;
          if (found === remaining) {
            this.skipping = 0;
            return wordAt + k + 1;
          }
        }
        remaining -= found;
      }
      at = base + (word << 2);
    }
    while (remaining > 0 && at < length) if (piece[at++] === NEWLINE) remaining -= 1;
    this.skipping = remaining;
    return at;
  }
}
