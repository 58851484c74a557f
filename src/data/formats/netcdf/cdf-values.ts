import type { CdfVariable } from './cdf-header.ts';

/** What a variable's values are multiplied by to be in our unit, and the unit in the file when it is another. */
export interface CdfScale {
  factor: number;
  offset: number;
}

/** The scale that the variable itself says. */
export function scaleOf({ attributes }: CdfVariable): CdfScale {
  const number = (name: string, otherwise: number): number => {
    const value = attributes.get(name);
    return typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
  };
  return { factor: number('scale_factor', 1), offset: number('add_offset', 0) };
}

/** All values of a variable, or of its part of one record; `factor` comes on top of the scale in the file. */
export function cdfValues(variable: CdfVariable, bytes: Uint8Array, factor = 1): Float32Array | Float64Array {
  const { type } = variable;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = Math.floor(bytes.length / type.byteLength);
  const scale = scaleOf(variable);
  const times = scale.factor * factor;
  const plus = scale.offset * factor;
  const values = type.isWide === true ? new Float64Array(count) : new Float32Array(count);
  if (type.byteLength === 4 && type.isWide !== true) {
    for (let k = 0; k < count; k += 1) values[k] = view.getFloat32(4 * k) * times + plus;
  } else {
    for (let k = 0; k < count; k += 1) values[k] = type.read(view, k * type.byteLength) * times + plus;
  }
  return values;
}
