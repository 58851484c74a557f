/** The sentence about a trajectory whose atoms have no elements. */
export function noElements(file: string): string {
  return `${file} holds no elements, so all atoms are drawn alike. Give the file that says what they are too, e.g. conf.gro beside traj.xtc.`;
}
