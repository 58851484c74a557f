import { frameArray, type FrameArray } from '../../protocol/frames.ts';
import { numberOfText } from './text/parse-number.ts';

/** 3 or 9 numbers of a box line, also where wide ones touch each other; undefined when it is none. */
export function gromacsBox(line: string): number[] | undefined {
  const words = line.trim().split(/\s+/);
  const separate = words.every((word) => word.split('.').length <= 2) ? words : touchingNumbers(line);
  const numbers = separate.map(numberOfText);
  const isBox = (numbers.length === 3 || numbers.length === 9) && numbers.every((number) => number !== undefined);
  return isBox ? numbers : undefined;
}

/** Fields that all have as many decimals as the last one. */
function touchingNumbers(line: string): string[] {
  const text = line.trimEnd();
  const decimals = text.length - text.lastIndexOf('.') - 1;
  const fields: string[] = [];
  let at = 0;
  for (let dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', at)) {
    fields.push(text.slice(at, dot + 1 + decimals).trim());
    at = dot + 1 + decimals;
  }
  return fields;
}

/** The cell (angstrom, rows) of a GROMACS box in nm: xx yy zz xy xz yx yz zx zy; undefined when it is all zero. */
export function cellOfBox(box: readonly number[]): FrameArray | undefined {
  const [xx, yy, zz, xy = 0, xz = 0, yx = 0, yz = 0, zx = 0, zy = 0] = box;
  if (box.every((length) => length === 0)) return undefined;
  // Adding zero makes a written -0.00000 an ordinary zero.
  const rows = [xx, xy, xz, yx, yy, yz, zx, zy, zz].map((length) => length * 10 + 0);
  return frameArray(Float64Array.from(rows), [3, 3]);
}
