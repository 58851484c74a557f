import type { FrameArray, FrameData } from '../../../protocol/frames.ts';
import { excerpt } from '../damage.ts';
import { countAlone, lineAt, lineEnd, textOf, type Line } from '../text/bytes-text.ts';
import { LineProblem } from '../text/line-problem.ts';
import { numberOfText } from '../text/parse-number.ts';
import { addBox, boxOfBounds, type LammpsBox } from './lammps-box.ts';
import { DumpAtoms } from './dump-atoms.ts';
import { dumpColumns, type DumpColumns } from './dump-columns.ts';
import type { DumpScanner } from './dump-scanner.ts';
import { ASSUMED_UNITS, LAMMPS_UNITS, NAMES_WITHOUT_UNITS, type LammpsUnits } from './lammps-units.ts';

const NO_UNITS: LammpsUnits = { length: 1, velocity: 1, force: 1, time: 1 };

/** What stands before the atoms of a frame. */
interface Head {
  columns: DumpColumns;
  atomCount: number;
  box: LammpsBox;
  step: number;
  time: number | undefined;
  next: number;
  line: number;
}

/** Reads one frame of a LAMMPS text dump, atoms in order of their ids. Throws {@link LineProblem}. */
export function readDumpFrame(
  bytes: Uint8Array,
  isWanted: (key: string) => boolean,
  { units }: DumpScanner,
): FrameData {
  const head = readHead(bytes);
  const { columns, atomCount, box } = head;
  const unit = LAMMPS_UNITS[units ?? ASSUMED_UNITS];
  const scale = unit ?? NO_UNITS;
  if (columns.coordinates === undefined) {
    throw new LineProblem(head.line - 1, 'ITEM: ATOMS has no coordinates: x y z, xu yu zu, xs ys zs or xsu ysu zsu');
  }
  // Each word takes two bytes: no more is reserved than the frame can hold.
  const capacity = Math.ceil((bytes.length + 1) / (2 * columns.count));
  const atoms = new DumpAtoms(columns, Math.min(atomCount, capacity), isWanted);
  let at = head.next;
  let { line } = head;
  for (let atom = 0; atom < atomCount; atom += 1, line += 1) {
    if (at >= bytes.length) throw new LineProblem(line, `the frame ends after ${atom} of ${atomCount} atoms`);
    const { start, end, next } = lineAt(bytes, at);
    const problem = atoms.add(bytes, start, lineEnd(bytes, start, end), atom);
    if (problem !== undefined) throw new LineProblem(line, problem);
    at = next;
  }
  const order = atoms.order();
  if (order !== undefined && 'twin' in order) {
    throw new LineProblem(head.line + order.twin, `two atoms of the frame have the id ${order.id}`);
  }
  const data: FrameData = { step: head.step };
  addBox(data, box, scale.length);
  Object.assign(data, atoms.elements(order), atoms.values(order));
  if (isWanted('positions')) data.positions = atoms.positions(order, box, scale.length);
  if (unit === undefined) withoutUnits(data);
  else {
    scaleBy(data.velocities as FrameArray | undefined, unit.velocity);
    scaleBy(data.forces as FrameArray | undefined, unit.force);
  }
  if (head.time !== undefined) data[unit === undefined ? 'info.time' : 'time'] = head.time * scale.time;
  if (units !== undefined) data['info.units'] = units;
  for (const key of Object.keys(data)) if (!isWanted(key)) delete data[key];
  return data;
}

/** The names that have units in frames are not used for numbers without. */
function withoutUnits(data: FrameData): void {
  for (const [key, other] of Object.entries(NAMES_WITHOUT_UNITS)) {
    const value = data[key];
    if (value === undefined) continue;
    data[other] = value;
    delete data[key];
  }
}

function scaleBy(array: FrameArray | undefined, factor: number): void {
  if (array === undefined || factor === 1) return;
  for (let k = 0; k < array.data.length; k += 1) array.data[k] *= factor;
}

function readHead(bytes: Uint8Array): Head {
  let at = 0;
  let line = 0;
  let atomCount = 0;
  let box: LammpsBox | undefined;
  let step = 0;
  let time: number | undefined;
  const take = (): Line => {
    const next = lineAt(bytes, at);
    at = next.next;
    line += 1;
    return next;
  };
  const text = ({ start, end }: Line): string => textOf(bytes, start, end).trim();
  while (at < bytes.length) {
    const item = text(take());
    if (item === '') continue;
    if (item.startsWith('ITEM: ATOMS')) {
      if (box === undefined) throw new LineProblem(line - 1, 'the frame has no ITEM: BOX BOUNDS');
      return { columns: dumpColumns(item.slice(11).trim().split(/\s+/)), atomCount, box, step, time, next: at, line };
    }
    if (item.startsWith('ITEM: BOX BOUNDS')) {
      const words = item.slice(16).trim().split(/\s+/);
      const rows = [take(), take(), take()].map((row) =>
        text(row)
          .split(/\s+/)
          .map((word) => numberOfText(word) ?? Number.NaN),
      );
      if (rows.flat().some(Number.isNaN)) throw new LineProblem(line - 1, 'the box has a value that is no number');
      box = boxOfBounds({ words, rows });
    } else {
      const value = take();
      if (item === 'ITEM: NUMBER OF ATOMS') atomCount = countAlone(bytes, value.start, value.end);
      else if (item === 'ITEM: TIMESTEP') step = numberOfText(text(value)) ?? 0;
      else if (item === 'ITEM: TIME') time = numberOfText(text(value));
      else if (item !== 'ITEM: UNITS') throw new LineProblem(line - 2, `expected ITEM:, found ${excerpt(item)}`);
    }
  }
  throw new LineProblem(line, 'the frame ends before ITEM: ATOMS');
}
