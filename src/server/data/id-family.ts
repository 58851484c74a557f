/** Ids that differ in a number at their end only: `f0`, `f1` ... of a file, `n<...>_0`, `n<...>_1` ... of one commit. */
export interface IdFamily {
  prefix: string;
  radix: 10 | 36;
}

/** The frames of the file behind a room. */
export const SOURCE_FAMILY: IdFamily = { prefix: 'f', radix: 10 };

const DECIMAL = /^(0|[1-9][0-9]{0,14})$/;
const BASE_36 = /^(0|[1-9a-z][0-9a-z]{0,9})$/;

/** The family an id belongs to and its number there; undefined for an id without a number at its end. */
export function familyOf(id: string): { family: IdFamily; number: number } | undefined {
  const cut = id.lastIndexOf('_') + 1;
  const family: IdFamily = cut === 0 ? SOURCE_FAMILY : { prefix: id.slice(0, cut), radix: 36 };
  const number = numberIn(family, id);
  return number === undefined ? undefined : { family, number };
}

/** The number of `id` in `family`; undefined when it is not of it. */
export function numberIn({ prefix, radix }: IdFamily, id: string): number | undefined {
  if (!id.startsWith(prefix)) return undefined;
  const digits = id.slice(prefix.length);
  // Each number is written in one way only, so that no two ids mean the same frame.
  return (radix === 10 ? DECIMAL : BASE_36).test(digits) ? Number.parseInt(digits, radix) : undefined;
}

/** The id of a number. */
export function idAt({ prefix, radix }: IdFamily, number: number): string {
  return prefix + number.toString(radix);
}
