/** What the scanner asks of a format. */
export interface LineConsumer {
  /**
   * Called with each line that is not skipped: `bytes[start, end)` without its newline (a `\r` stays), the offset of
   * its first byte in the source and its number from 1. Answers how many of the following lines to pass over unseen.
   */
  line(bytes: Uint8Array, start: number, end: number, offset: number, number: number): number;
  /**
   * Called after `line` asked to pass over lines: how many bytes they take if all is as before, 0 when that is not
   * known. The scanner then jumps instead of counting, and the consumer checks where it lands.
   */
  guess?(): number;
}

/** Thrown when a jump did not land at the beginning of a line: the guess was wrong, not the file. */
export class WrongGuess {
  readonly offset: number;

  constructor(offset: number) {
    this.offset = offset;
  }
}

/** A longer line than this is no text file. */
const LONGEST_LINE = 64 * 1024 * 1024;

const NEWLINE = 10;

/** Bytes that are counted at once. */
const BLOCK = 16;

/**
 * Cuts a stream of bytes into lines and passes over lines that nobody needs at sixteen bytes a step. Memory is one piece
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
  /** Bytes still to be jumped over. */
  private jumping = 0;

  constructor(consumer: LineConsumer, offset = 0, lineNumber = 1) {
    this.consumer = consumer;
    this.offset = offset;
    this.lineNumber = lineNumber;
  }

  /** Takes the next piece; the piece is not kept. */
  push(piece: Uint8Array): void {
    let at = 0;
    while (at < piece.length) {
      if (this.jumping > 0) {
        at = this.jump(piece, at);
        continue;
      }
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
    if (this.jumping > 0) throw new WrongGuess(this.offset);
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
    if (this.skipping > 0) this.jumping = this.consumer.guess?.() ?? 0;
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

  private jump(piece: Uint8Array, from: number): number {
    const length = Math.min(this.jumping, piece.length - from);
    this.jumping -= length;
    this.offset += length;
    if (this.jumping > 0) return from + length;
    if (piece[from + length - 1] !== NEWLINE) throw new WrongGuess(this.offset);
    this.lineNumber += this.skipping;
    this.skipping = 0;
    return from + length;
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
    const { length } = piece;
    const aligned = Math.min(length, at + ((4 - ((piece.byteOffset + at) & 3)) & 3));
    while (remaining > 0 && at < aligned) if (piece[at++] === NEWLINE) remaining -= 1;
    if (remaining > BLOCK && length - at >= BLOCK) {
      const blocks = (length - at) >> 4;
      const words = new Int32Array(piece.buffer, piece.byteOffset + at, blocks * 4);
      let word = 0;
      // Literals and no call in here: module constants cost three times the time. In each byte of
      // `~(((x & 0x7f) + 0x7f) | x | 0x7f)` the highest bit is set exactly when x is zero; the product adds the bytes.
      for (; word < words.length; word += 4) {
        const a = words[word] ^ 0x0a0a0a0a;
        const b = words[word + 1] ^ 0x0a0a0a0a;
        const c = words[word + 2] ^ 0x0a0a0a0a;
        const d = words[word + 3] ^ 0x0a0a0a0a;
        const newlines =
          (~(((a & 0x7f7f7f7f) + 0x7f7f7f7f) | a | 0x7f7f7f7f) >>> 7) +
          (~(((b & 0x7f7f7f7f) + 0x7f7f7f7f) | b | 0x7f7f7f7f) >>> 7) +
          (~(((c & 0x7f7f7f7f) + 0x7f7f7f7f) | c | 0x7f7f7f7f) >>> 7) +
          (~(((d & 0x7f7f7f7f) + 0x7f7f7f7f) | d | 0x7f7f7f7f) >>> 7);
        const found = Math.imul(newlines, 0x01010101) >>> 24;
        if (found >= remaining) break;
        remaining -= found;
      }
      at += word * 4;
    }
    while (remaining > 0 && at < length) if (piece[at++] === NEWLINE) remaining -= 1;
    this.skipping = remaining;
    return at;
  }
}
