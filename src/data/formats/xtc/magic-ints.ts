/** Sizes of a coordinate's range, by index; a triple of the size at index i takes i bits. Those below 9 do not occur. */
export const MAGIC_INTS: readonly number[] = [
  0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 10, 12, 16, 20, 25, 32, 40, 50, 64, 80, 101, 128, 161, 203, 256, 322, 406, 512, 645,
  812, 1024, 1290, 1625, 2048, 2580, 3250, 4096, 5060, 6501, 8192, 10321, 13003, 16384, 20642, 26007, 32768, 41285,
  52015, 65536, 82570, 104031, 131072, 165140, 208063, 262144, 330280, 416127, 524287, 660561, 832255, 1048576, 1321122,
  1664510, 2097152, 2642245, 3329021, 4194304, 5284491, 6658042, 8388607, 10568983, 13316085, 16777216,
];

/** Lowest index that occurs. */
export const FIRST_INDEX = 9;

/** Highest index that occurs. */
export const LAST_INDEX: number = MAGIC_INTS.length - 1;

/** Bits that hold every number below `size`, counted as the format counts them. */
export function bitsOfSize(size: number): number {
  return 32 - Math.clz32(size);
}

/** Bits that hold every triple below the sizes, taken as one number. */
export function bitsOfSizes(x: number, y: number, z: number): number {
  return (BigInt(x) * BigInt(y) * BigInt(z)).toString(2).length;
}
