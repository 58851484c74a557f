/** Thrown by what reads one frame: the line within the frame, from 0, and what is wrong with it. */
export class LineProblem {
  readonly line: number;
  readonly found: string;

  constructor(line: number, found: string) {
    this.line = line;
    this.found = found;
  }
}
