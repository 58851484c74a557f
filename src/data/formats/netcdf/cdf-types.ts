/** A type of numbers of classic NetCDF, highest byte first. */
export interface CdfType {
  byteLength: number;
  isText?: boolean;
  /** Whether float32 cannot hold every value. */
  isWide?: boolean;
  read(view: DataView, at: number): number;
}

const TYPES: Readonly<Record<number, CdfType>> = {
  1: { byteLength: 1, read: (view, at) => view.getInt8(at) },
  2: { byteLength: 1, isText: true, read: (view, at) => view.getUint8(at) },
  3: { byteLength: 2, read: (view, at) => view.getInt16(at) },
  4: { byteLength: 4, isWide: true, read: (view, at) => view.getInt32(at) },
  5: { byteLength: 4, read: (view, at) => view.getFloat32(at) },
  6: { byteLength: 8, isWide: true, read: (view, at) => view.getFloat64(at) },
  7: { byteLength: 1, read: (view, at) => view.getUint8(at) },
  8: { byteLength: 2, read: (view, at) => view.getUint16(at) },
  9: { byteLength: 4, isWide: true, read: (view, at) => view.getUint32(at) },
  10: { byteLength: 8, isWide: true, read: (view, at) => Number(view.getBigInt64(at)) },
  11: { byteLength: 8, isWide: true, read: (view, at) => Number(view.getBigUint64(at)) },
};

/** The type of a number in the header; undefined when it is none. */
export function cdfTypeOf(code: number): CdfType | undefined {
  return Object.hasOwn(TYPES, code) ? TYPES[code] : undefined;
}
