/** Thrown by readers of binary formats: the byte of the file where something is wrong, and what it is. */
export class ByteProblem {
  readonly byte: number;
  readonly found: string;

  constructor(byte: number, found: string) {
    this.byte = byte;
    this.found = found;
  }
}
