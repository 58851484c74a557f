import { LIMITS } from '../../../protocol/limits.ts';
import { excerpt } from '../damage.ts';
import { countAlone, isBlankLine, lineEnd, textOf } from '../text/bytes-text.ts';
import type { FrameIndex } from '../text/frame-index.ts';
import { numberOfText } from '../text/parse-number.ts';
import { ScanProblem, type FrameScanner } from '../text/text-trajectory.ts';
import { FrameRhythm } from '../xyz/frame-rhythm.ts';
import { boxWidth } from './lammps-box.ts';
import { ASSUMED_UNITS, LAMMPS_UNITS } from './lammps-units.ts';

type Expecting = 'item' | 'units' | 'time' | 'step' | 'count' | 'box' | 'last atom';

const ITEMS = 'TIMESTEP, TIME, UNITS, NUMBER OF ATOMS, BOX BOUNDS or ATOMS';

/**
 * Finds the frames of a LAMMPS text dump. A frame counts when its last line is an atom and an item, or the end of the
 * file, follows it. The units are said once, in the first frame, and hold for all.
 */
export class DumpScanner implements FrameScanner {
  /** Name of the units, when the file says them. */
  units: string | undefined;
  /** Whether the columns of any frame need units. */
  needsUnits = false;
  /** Whether the atoms of any frame have a type and nothing that says an element. */
  hasBareTypes = false;
  /** Whether the atoms of any frame have neither a type nor anything that says an element. */
  hasNothing = false;
  private readonly index: FrameIndex;
  private readonly rhythm = new FrameRhythm();
  private expecting: Expecting = 'item';
  private seen = new Set<string>();
  private atomCount = 0;
  private wordCount = 0;
  private boxWords: string[] = [];
  private boxRows = 0;
  private time: number | undefined;
  private step: number | undefined;
  private isPending = false;

  constructor(index: FrameIndex, state: Record<string, unknown>) {
    this.index = index;
    if (typeof state.units === 'string') this.units = state.units;
    this.needsUnits = state.needsUnits === true;
    this.hasBareTypes = state.hasBareTypes === true;
    this.hasNothing = state.hasNothing === true;
  }

  state(): Record<string, unknown> {
    return {
      units: this.units,
      needsUnits: this.needsUnits,
      hasBareTypes: this.hasBareTypes,
      hasNothing: this.hasNothing,
    };
  }

  get isGuessing(): boolean {
    return this.rhythm.isGuessing;
  }

  guess(): number {
    return this.rhythm.guess();
  }

  rewind(): void {
    this.rhythm.miss();
    this.forget();
  }

  line(bytes: Uint8Array, start: number, rawEnd: number, offset: number, number: number): number {
    const end = lineEnd(bytes, start, rawEnd);
    if (this.expecting === 'item') {
      if (isBlankLine(bytes, start, end)) return 0;
      return this.item(textOf(bytes, start, Math.min(end, start + 4096)).trim(), offset, rawEnd - start + 1, number);
    }
    if (this.expecting === 'last atom') {
      this.lastAtom(bytes, start, end, number);
      this.rhythm.finish(offset);
    } else this.value(textOf(bytes, start, Math.min(end, start + 1024)).trim(), bytes, start, end, number);
    return 0;
  }

  end(missing: number, offset: number, nextLine: number): void {
    if (this.expecting === 'last atom') {
      const found = Math.max(0, this.atomCount - 1 - missing);
      throw new ScanProblem(nextLine, `the file ends after ${found} of ${this.atomCount} atoms`);
    }
    if (this.isPending) {
      this.index.add(offset, nextLine);
      this.forget();
    } else if (this.seen.size > 0 || this.expecting !== 'item') {
      throw new ScanProblem(nextLine, 'the file ends before the atoms of a frame that has begun');
    }
  }

  private forget(): void {
    this.expecting = 'item';
    this.seen = new Set();
    this.isPending = false;
    this.time = undefined;
    this.step = undefined;
  }

  private item(text: string, offset: number, byteLength: number, number: number): number {
    if (!text.startsWith('ITEM:')) {
      const what = this.isPending
        ? `the frame says ${this.atomCount} atoms and is followed by`
        : 'expected ITEM:, found';
      throw new ScanProblem(number, `${what} ${excerpt(text)}`);
    }
    const name = text.slice(5).trim();
    const key = /^(?:BOX BOUNDS|ATOMS)(?=\s|$)/.exec(name)?.[0] ?? name;
    if (this.isPending) {
      this.index.add(offset, number);
      this.rhythm.confirm();
      this.forget();
    }
    if (this.seen.has(key)) throw new ScanProblem(number, `ITEM: ${key} stands twice in a frame`);
    this.seen.add(key);
    switch (key) {
      case 'TIMESTEP':
        this.expecting = 'step';
        return 0;
      case 'TIME':
        this.expecting = 'time';
        return 0;
      case 'UNITS':
        this.expecting = 'units';
        return 0;
      case 'NUMBER OF ATOMS':
        this.expecting = 'count';
        return 0;
      case 'BOX BOUNDS':
        this.boxWords = name.slice(key.length).trim().split(/\s+/);
        this.boxRows = 0;
        this.expecting = 'box';
        return 0;
      case 'ATOMS':
        return this.atoms(name.slice(key.length).trim(), offset + byteLength, number);
      default:
        throw new ScanProblem(number, `expected ITEM: ${ITEMS}, found ${excerpt(text)}`);
    }
  }

  private atoms(columns: string, firstAtom: number, number: number): number {
    for (const needed of ['TIMESTEP', 'NUMBER OF ATOMS', 'BOX BOUNDS']) {
      if (!this.seen.has(needed)) throw new ScanProblem(number, `the frame has no ITEM: ${needed}`);
    }
    const names = columns.split(/\s+/);
    this.wordCount = columns === '' ? 0 : names.length;
    if (this.wordCount === 0) throw new ScanProblem(number, 'ITEM: ATOMS names no columns');
    this.needsUnits ||= names.includes('vx') || names.includes('fx');
    const saysElements = names.includes('element') || names.includes('mass');
    this.hasBareTypes ||= names.includes('type') && !saysElements;
    this.hasNothing ||= !names.includes('type') && !saysElements;
    if (this.step !== undefined) this.index.setScalar('step', this.step);
    if (this.time !== undefined) {
      const { time } = LAMMPS_UNITS[this.units ?? ASSUMED_UNITS] ?? { time: undefined };
      this.index.setScalar(time === undefined ? 'info.time' : 'time', this.time * (time ?? 1));
    }
    this.isPending = this.atomCount === 0;
    this.expecting = this.isPending ? 'item' : 'last atom';
    this.rhythm.begin(this.atomCount, firstAtom);
    return Math.max(0, this.atomCount - 1);
  }

  private value(text: string, bytes: Uint8Array, start: number, end: number, number: number): void {
    const { expecting } = this;
    this.expecting = 'item';
    if (expecting === 'units') {
      this.units = text;
    } else if (expecting === 'count') {
      const count = countAlone(bytes, start, end);
      if (count < 0) throw new ScanProblem(number, `expected the number of atoms, found ${excerpt(text)}`);
      if (count > LIMITS.atomsPerFrame) {
        throw new ScanProblem(number, `the frame has ${count} atoms, more than the limit of ${LIMITS.atomsPerFrame}`);
      }
      this.atomCount = count;
    } else if (expecting === 'box') {
      const numbers = text.split(/\s+/).map(numberOfText);
      const width = boxWidth(this.boxWords);
      if (numbers.length !== width || !numbers.every(Number.isFinite)) {
        throw new ScanProblem(number, `expected ${width} numbers of the box, found ${excerpt(text)}`);
      }
      this.boxRows += 1;
      if (this.boxRows < 3) this.expecting = 'box';
    } else {
      const value = numberOfText(text);
      if (value === undefined) throw new ScanProblem(number, `expected the ${expecting}, found ${excerpt(text)}`);
      if (expecting === 'step') this.step = value;
      else this.time = value;
    }
  }

  private lastAtom(bytes: Uint8Array, start: number, end: number, number: number): void {
    const text = textOf(bytes, start, Math.min(end, start + 65_536)).trim();
    const words = text === '' ? 0 : text.split(/\s+/).length;
    if (words !== this.wordCount || text.startsWith('ITEM:')) {
      throw new ScanProblem(
        number,
        `expected atom ${this.atomCount} of ${this.atomCount} with ${this.wordCount} words, found ${excerpt(text)}`,
      );
    }
    this.isPending = true;
    this.expecting = 'item';
  }
}
