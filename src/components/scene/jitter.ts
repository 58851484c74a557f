/** Where within its pixel a refining drawing looks, in parts of the clip width; sample 0 looks at the middle. */
export function jitterOf(sample: number, width: number, height: number): [number, number] {
  if (sample === 0) return [0, 0];
  return [((radicalInverse(sample, 2) - 0.5) * 2) / width, ((radicalInverse(sample, 3) - 0.5) * 2) / height];
}

/** The digits of `index` mirrored at the point: evenly spread numbers between 0 and 1. */
function radicalInverse(index: number, base: number): number {
  let [value, weight] = [0, 1 / base];
  for (let rest = index; rest > 0; rest = Math.floor(rest / base)) {
    value += (rest % base) * weight;
    weight /= base;
  }
  return value;
}
