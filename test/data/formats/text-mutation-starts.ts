import { MOL2, PEPTIDE } from './mol2-files.ts';
const dump = (step: number, box: string, columns: string, rows: string): string =>
  `ITEM: TIMESTEP\n${step}\nITEM: NUMBER OF ATOMS\n2\nITEM: BOX BOUNDS ${box}\nITEM: ATOMS ${columns}\n${rows}\n`;

const ATOM_COLUMNS = [
  'group_PDB',
  'id',
  'type_symbol',
  'label_atom_id',
  'label_comp_id',
  'label_asym_id',
  'label_seq_id',
  'Cartn_x',
  'Cartn_y',
  'Cartn_z',
  'pdbx_PDB_model_num',
];

/** Files of each format that mutations begin with. */
export const STARTS: Readonly<Record<string, string[]>> = {
  mol2: [MOL2, PEPTIDE, MOL2 + PEPTIDE],
  lammpstrj: [
    [1, 2, 3, 4, 5]
      .map((step) =>
        dump(
          step,
          'xy xz yz pp pp ff\n0 10 1\n0 9 2\n0 8 3',
          'id type element xs ys zs q vx vy vz',
          '2 1 O 0.5 0.25 0.75 -1 1 2 3\n1 2 H 0.1 0.2 0.3 1 0 0 0',
        ),
      )
      .join(''),
    `ITEM: UNITS\nreal\nITEM: TIME\n1.5\n${dump(1, 'abc origin pp pp pp\n1 0 0 0\n0 1 0 0\n0 0 1 5', 'id mass xu yu zu c_s[1] c_s[2] ix iy iz', '1 12.011 1 2 3 4 5 0 0 1\n2 1.008 1 2 3 4 5 -1 0 0')}`,
  ],
  lmp: [
    'title\n\n2 atoms\n1 bonds\n2 atom types\n0 10 xlo xhi\n0 10 ylo yhi\n0 10 zlo zhi\n1 0 0 xy xz yz\n\nMasses\n\n1 12.011 # C\n2 1.008\n\nAtoms # full\n\n2 1 1 0.5 1 2 3 0 0 1\n1 1 2 -0.5 1 2 4 0 0 0\n\nVelocities\n\n1 0 0 1\n\nBonds\n\n1 1 1 2\n',
    'title\n2 atoms\n0 10 xlo xhi\n0 10 ylo yhi\n0 10 zlo zhi\nAtoms\n\n1 1 0 0 0\n2 1 1 1 1\n',
  ],
  poscar: [
    'salt\n1.0\n5 0 0\n0 5 0\n0 0 5\nNa Cl\n1 1\nSelective dynamics\nDirect\n0 0 0 T T F\n0.5 0.5 0.5 F F F\n\n0.1 0.2 0.3\n0 0 0\n',
    'Ti1 O2\n-120\n5 0 0\n0 5 0\n0 0 5\n1 2\nCartesian\n0 0 0\n1 1 1\n2 2 2\n',
  ],
  xdatcar: [
    `Ar\n1\n9 0 0\n0 9 0\n0 0 9\nAr\n2\n${[1, 2, 3, 4, 5].map((k) => `Direct configuration= ${k}\n0.1 0.2 0.3\n0.4 0.5 0.${k}\n`).join('')}`,
    [1, 2, 3]
      .map((k) => `Ar\n1\n9 0 0\n0 ${k} 0\n0 0 9\nAr\n2\nDirect configuration= ${k}\n0.1 0.2 0.3\n0.4 0.5 0.6\n`)
      .join(''),
  ],
  sdf: [
    'water\n  test\n\n  3  2  0  0  0  0            999 V2000\n    0.0000    0.0000    0.0000 O   0  0\n    1.0000    0.0000    0.0000 H   0  3\n   -1.0000    0.0000    0.0000 H   0  0\n  1  2  1  0\n  1  3  1  0\nM  CHG  1   1  -1\nM  END\n> <E>\n1.5\n\n$$$$\n'.repeat(
      3,
    ),
    'v3\n  test\n\n  0  0  0     0  0            999 V3000\nM  V30 BEGIN CTAB\nM  V30 COUNTS 2 1 0 0 0\nM  V30 BEGIN ATOM\nM  V30 1 C 0 0 0 0 -\nM  V30 CHG=1\nM  V30 2 O 1 0 0 0\nM  V30 END ATOM\nM  V30 BEGIN BOND\nM  V30 1 2 1 2\nM  V30 END BOND\nM  V30 END CTAB\nM  END\n$$$$\n',
  ],
  cif: [
    "data_a\n_cell_length_a 5.0(1)\n_cell_length_b 5\n_cell_length_c 5\n_cell_angle_alpha 90\n_cell_angle_beta 95\n_cell_angle_gamma 90\n_title\n;two\nlines\n;\nloop_\n_symmetry_equiv_pos_as_xyz\n'x,y,z'\n'-x, 1/2+y, -z'\nloop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n_atom_site_occupancy\nFe1 0 0 0 1\nO1 0.25(1) 0.1 ? 0.5\nO2 0.3 0.1 0.2 .\n#\ndata_b\n_x 'a b'\n",
    `data_1ABC\nloop_\n${ATOM_COLUMNS.map((name) => `_atom_site.${name}\n`).join('')}${[1, 1, 2, 2, 3].map((model, k) => `ATOM ${k} C "C1'" LIG A ${k % 2} 1.${k} 2 3 ${model}\n`).join('')}#\nloop_\n_struct_conn.conn_type_id\n_struct_conn.ptnr1_label_asym_id\n_struct_conn.ptnr1_label_comp_id\n_struct_conn.ptnr1_label_seq_id\n_struct_conn.ptnr1_label_atom_id\n_struct_conn.ptnr2_label_asym_id\n_struct_conn.ptnr2_label_comp_id\n_struct_conn.ptnr2_label_seq_id\n_struct_conn.ptnr2_label_atom_id\ncovale A LIG 0 C1' A LIG 1 C1'\n_cell.length_a 10\n_cell.length_b 10\n_cell.length_c 10\n`,
  ],
};

/** Words that mean something in some format, or nothing in any. */
export const WORDS: readonly string[] = [
  '\n',
  '\n\n',
  '\r\n',
  '\t',
  '\0',
  ' ',
  "'",
  '"',
  ';',
  '\n;',
  '#',
  '$$$$\n',
  '> <A>\n',
  '.',
  '?',
  '-',
  '0',
  '-1',
  '2',
  '3',
  '999',
  '1000000',
  '999999999',
  '99999999999999999999',
  'nan',
  'inf',
  '1e999',
  '1e-999',
  '1.2.3',
  '(3)',
  'ITEM: ATOMS id x y z\n',
  'ITEM: TIMESTEP\n',
  'ITEM: UNITS\nlj\n',
  'ITEM: NUMBER OF ATOMS\n',
  'xu yu zu',
  'pp pp pp',
  'abc origin',
  'xy xz yz',
  'Atoms # charge\n',
  'Masses\n',
  'Bonds\n',
  'atoms',
  'xlo xhi',
  'Direct',
  'Cartesian',
  'Selective',
  'Direct configuration= 7\n',
  'Fe',
  'Xx',
  'M  END\n',
  'M  V30 ',
  'M  CHG  1   1   5\n',
  'V3000',
  'V2000',
  'COUNTS 9 9',
  'loop_\n',
  'data_x\n',
  'save_\n',
  '_atom_site.',
  '_atom_site_fract_x',
  '_cell_length_a',
  "'x,y,z'",
  "'-y,x-y,z+1/3'",
  "'1e9*x,y,z'",
  '1_555',
  'disulf',
  '__proto__',
  'constructor',
  '\u00FF',
];
