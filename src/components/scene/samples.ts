/** Drawings that refine a picture at rest, and those behind a picture in a file. */
const MOST = 16;
/** In low quality only small structures are refined, with fewer drawings; a file has at least as many. */
export const FEWEST_SAMPLES = 6;
const LOW_REFINED_UP_TO = 2_000;

/** How many drawings refine a picture of so many atoms at rest. */
export function samplesOf(quality: 'high' | 'low', atomCount: number, isSeeThrough: boolean): number {
  const isSmall = atomCount <= LOW_REFINED_UP_TO;
  if (quality === 'high' || (isSeeThrough && isSmall)) return MOST;
  return isSmall ? FEWEST_SAMPLES : 0;
}
