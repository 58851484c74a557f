/** Sentences about trajectories that do not say what their atoms are, in one place so that they are known again. */
const MARK = 'no elements';

/** A trajectory whose atoms have no elements. */
export function noElements(file: string): string {
  return `${file} holds ${MARK}, so all atoms are drawn alike. Give the file that says what they are too, e.g. conf.gro beside traj.xtc.`;
}

/** A trajectory whose atoms have types, of which nobody has named the elements. */
export const BARE_TYPES: string = `its atoms have types and ${MARK}, so they are coloured by type; name the elements of types 1, 2 ... with --elements Si,O (in a program: \`elements\`).`;

/** A trajectory whose atoms have neither types nor elements. */
export const NO_TYPES: string = `its atoms have ${MARK} and no types, so all are drawn alike; write it with the column element or type (then --elements names them), or give the file that says what they are too.`;

/** Whether a warning is one of these: it is none once something else names the elements. */
export function isAboutElements(warning: string): boolean {
  return warning.includes(MARK);
}
