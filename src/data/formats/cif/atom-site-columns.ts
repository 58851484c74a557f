const PREFIX = '_atom_site_';

/** Places of the columns of atoms that are read; -1 for those that are not there. */
export interface AtomSiteColumns {
  x: number;
  y: number;
  z: number;
  isFractional: boolean;
  symbol: number;
  label: number;
  atomName: number;
  residueName: number;
  residueNumber: number;
  chain: number;
  insertion: number;
  altloc: number;
  occupancy: number;
  bFactor: number;
  charge: number;
  model: number;
  disorder: number;
  /** The names by which connections find atoms. */
  keys: readonly number[];
}

/** The columns of a loop of atoms; undefined for other loops, e.g. that of `_atom_site_aniso_label`. */
export function atomSiteColumns(names: readonly string[]): AtomSiteColumns | undefined {
  const column = (...candidates: string[]): number =>
    candidates.map((name) => names.indexOf(PREFIX + name)).find((place) => place >= 0) ?? -1;
  const cartesian = [column('cartn_x'), column('cartn_y'), column('cartn_z')];
  const fractional = [column('fract_x'), column('fract_y'), column('fract_z')];
  const isCartesian = cartesian.every((place) => place >= 0);
  if (!isCartesian && !fractional.every((place) => place >= 0)) return undefined;
  const [x, y, z] = isCartesian ? cartesian : fractional;
  return {
    x,
    y,
    z,
    isFractional: !isCartesian,
    symbol: column('type_symbol'),
    label: column('label'),
    atomName: column('auth_atom_id', 'label_atom_id', 'label'),
    residueName: column('auth_comp_id', 'label_comp_id'),
    residueNumber: column('auth_seq_id', 'label_seq_id'),
    chain: column('auth_asym_id', 'label_asym_id'),
    insertion: column('pdbx_pdb_ins_code'),
    altloc: column('label_alt_id'),
    occupancy: column('occupancy'),
    bFactor: column('b_iso_or_equiv'),
    charge: column('pdbx_formal_charge'),
    model: column('pdbx_pdb_model_num'),
    disorder: column('disorder_group'),
    keys: ['label_asym_id', 'label_comp_id', 'label_seq_id', 'label_atom_id', 'auth_seq_id', 'label_alt_id'].map(
      (name) => column(name),
    ),
  };
}
