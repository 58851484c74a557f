/**
 * Sixteen even steps of known maps. viridis, magma and cividis: matplotlib's tables (CC0), the first two even in
 * lightness, the third made for people who see red and green alike. rdbu: ColorBrewer's red to blue (Apache 2.0), for
 * values on both sides of zero; red is negative, as chemists draw charges.
 */
const STEPS = {
  viridis:
    '440154 481a6c 472f7d 414487 39568c 31688e 2a788e 23888e 1f988b 22a884 35b779 54c568 7ad151 a5db36 d2e21b fde725',
  magma:
    '000004 0b0924 20114b 3b0f70 57157e 721f81 8c2981 a8327d c43c75 de4968 f1605d fa7f5e fe9f6d febf84 fddea0 fcfdbf',
  cividis:
    '002051 022c65 14386d 2b446e 42506e 575c6e 696970 787573 868276 948f78 a49d78 b6ab73 caba6a e0c95d f2d950 fdea45',
  rdbu: 'b2182b d6604d f4a582 fddbc7 f7f7f7 d1e5f0 92c5de 4393c3 2166ac',
} as const;

/** Names of the colour maps. */
export type ColorMap = keyof typeof STEPS;

/** Entries of a table of {@link colorTable}. */
export const TABLE_LENGTH = 256;

const tables = new Map<ColorMap, Uint8Array>();

/** True for the name of a map. */
export function isColorMap(name: unknown): name is ColorMap {
  return typeof name === 'string' && Object.hasOwn(STEPS, name);
}

/** 256 times red, green, blue (sRGB), from the lowest value to the highest. */
export function colorTable(map: ColorMap): Uint8Array {
  const known = tables.get(map);
  if (known !== undefined) return known;
  const steps = STEPS[map].split(' ').map((hex) => Number.parseInt(hex, 16));
  const table = new Uint8Array(3 * TABLE_LENGTH);
  for (let i = 0; i < TABLE_LENGTH; i += 1) {
    const at = (i / (TABLE_LENGTH - 1)) * (steps.length - 1);
    const lower = Math.min(Math.floor(at), steps.length - 2);
    for (let part = 0; part < 3; part += 1) {
      const shift = 16 - 8 * part;
      const [a, b] = [(steps[lower] >> shift) & 255, (steps[lower + 1] >> shift) & 255];
      table[3 * i + part] = Math.round(a + (b - a) * (at - lower));
    }
  }
  tables.set(map, table);
  return table;
}

/** The map as a CSS gradient from left to right. */
export function cssGradient(map: ColorMap): string {
  return `linear-gradient(to right, ${STEPS[map]
    .split(' ')
    .map((hex) => `#${hex}`)
    .join(', ')})`;
}

/** Colours of things without an order; they repeat. */
const KINDS = 'e69f00 56b4e9 009e73 f0e442 0072b2 d55e00 cc79a7 8a63d2 5c9a2f 9aa3b2'.split(' ');

/** Red, green, blue of the n-th kind. */
export function kindColor(kind: number): readonly [number, number, number] {
  const hex = Number.parseInt(KINDS[((kind % KINDS.length) + KINDS.length) % KINDS.length], 16);
  return [hex >> 16, (hex >> 8) & 255, hex & 255];
}
