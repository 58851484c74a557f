/** Names of what a calculation says about where the atoms are, alone or behind the name of a method: `dft_energy`. */
const CALCULATED =
  /(?:^|_)(?:energy|energies|forces?|stress|stresses|virials?|dipole|magmoms?|polarizability|hessian|born_effective_charges|dielectric_tensor)$/i;

/** Energies that positions say nothing about. */
const OF_MOTION = /(?:^|_)kinetic_(?:energy|energies)$/i;

/**
 * True for the key of a value that was calculated from the positions of a frame, so that it no longer holds when atoms
 * are moved: energies, forces, stress, virial, dipole, magnetic moments and what linear response gives, as ASE has
 * them, under `info.` and `arrays.` too and behind the name of a method (`REF_energy`). `charges` are not among them:
 * in topologies and dumps they are parameters of the atoms.
 */
export function isCalculatedKey(key: string): boolean {
  const name = key.replace(/^(?:info|arrays)\./, '');
  return CALCULATED.test(name) && !OF_MOTION.test(name);
}
