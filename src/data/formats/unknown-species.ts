import { type FrameData, isFrameArray } from '../../protocol/frames.ts';
import { excerpt } from './damage.ts';

/** So many labels are named at most. */
export const MOST_LABELS = 5;

/** Labels of species that are no element, as far as a frame has them; `X` says itself that it is unknown. */
export function unknownSpecies(data: FrameData): string[] {
  const { numbers, 'arrays.symbols': symbols } = data;
  if (!isFrameArray(numbers) || !isFrameArray(symbols)) return [];
  const { table = [] } = symbols;
  const codes = new Set<number>();
  for (let atom = 0; atom < numbers.data.length; atom += 1) {
    if (numbers.data[atom] === 0) codes.add(symbols.data[atom]);
  }
  return [...codes].map((code) => table[code] ?? '').filter((label) => !/^x*$/i.test(label));
}

/** One sentence, without the file's name, about labels that are no element. */
export function noSuchElements(labels: ReadonlySet<string>): string {
  const named = [...labels].map((label) => excerpt(label, 12)).join(', ');
  return `${named} is no element that is known, so such atoms are drawn as unknown (X); write the symbol, such as C, there.`;
}

/** Whether the atoms of a frame have types by number, and none has an element. */
export function areBareTypes({ numbers, 'arrays.types': types }: FrameData): boolean {
  if (!isFrameArray(numbers) || !isFrameArray(types) || types.table !== undefined) return false;
  return numbers.data.length > 0 && numbers.data.every((number) => number === 0);
}
