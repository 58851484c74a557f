import { describe, expect, it } from 'vitest';
import { encodeMsgpack } from '../../../src/data/msgpack.ts';
import { parseOperation } from '../../../src/data/formats/cif/symmetry.ts';
import { hasData, needsData, openBytes, readData } from './real-data.ts';
import { array, frameOf, opened, refusalOf, rounded, words } from './read-text.ts';

const CELL =
  '_cell_length_a 10.0(1)\n_cell_length_b 10\n_cell_length_c 10\n_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma 90\n';
const SITES =
  'loop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n_atom_site_occupancy\n';
const crystal = (operations: string[], sites: string, name = 'a'): string =>
  `# made for a test\ndata_${name}\n${CELL}loop_\n_symmetry_equiv_pos_as_xyz\n${operations.map((text) => `'${text}'\n`).join('')}${SITES}${sites}`;

describe('crystals', () => {
  it('[F78] operations of symmetry are read in every spelling', () => {
    for (const [text, rotation, shift] of [
      ['x,y,z', [1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, 0]],
      ['-y, x-y, z+1/3', [0, -1, 0, 1, -1, 0, 0, 0, 1], [0, 0, 1 / 3]],
      ["'1/2+X, -Z+0.25, Y'", [1, 0, 0, 0, 0, -1, 0, 1, 0], [0.5, 0.25, 0]],
      ['x+1/2,y,-z-1/2', [1, 0, 0, 0, 1, 0, 0, 0, -1], [0.5, 0, -0.5]],
      ['2*x,y,z', [2, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, 0]],
    ] as const) {
      const operation = parseOperation(text);
      expect(
        operation?.rotation.map((value) => value + 0),
        text,
      ).toEqual([...rotation]);
      operation?.shift.forEach((value, axis) => expect(value).toBeCloseTo(shift[axis], 12));
    }
    for (const text of ['', 'x,y', 'x,y,w', 'x,y,z,x', 'x,,z', 'x,y,1/0', 'x y z'])
      expect(parseOperation(text), text).toBeUndefined();
  });

  it('[F78] every site under every operation, special positions once, occupancies and uncertainties', async () => {
    const inversion = ['x,y,z', '-x,-y,-z'];
    const data = await frameOf('a.cif', crystal(inversion, 'Fe1 0 0 0 1\nO1 0.25(3) 0.1 -0.1 0.5\nDu1 ? ? ? 1\n'));
    expect(rounded(data, 'numbers')).toEqual([26, 8, 8]);
    expect(rounded(data, 'positions')).toEqual([0, 0, 0, 2.5, 1, 9, 7.5, 9, 1]);
    expect(rounded(data, 'arrays.occupancies')).toEqual([1, 0.5, 0.5]);
    expect(rounded(data, 'arrays.sites')).toEqual([0, 1, 1]);
    expect(words(data, 'arrays.labels')).toEqual(['Fe1', 'O1', 'O1']);
    expect(rounded(data, 'pbc')).toEqual([1, 1, 1]);
    // 1/3 as 0.3333 on a threefold axis is still one atom.
    const threefold = ['x,y,z', '-y,x-y,z', '-x+y,-x,z'];
    const near = await frameOf('a.cif', crystal(threefold, 'C1 0.3333 0.6667 0.5 1\n'));
    expect(rounded(near, 'numbers')).toEqual([6]);
  });

  it('[F78] blocks with atoms are frames; a space group without operations is told', async () => {
    const file = await opened(
      'a.cif',
      `${crystal(['x,y,z'], 'C1 0 0 0 1\n', 'one')}data_empty\n_x 1\n${crystal(['x,y,z'], 'N1 .5 0 0 1\n', 'two')}`,
    );
    expect(file.count).toBe(2);
    expect([(await file.read(0))['info.title'], (await file.read(1))['info.title']]).toEqual(['one', 'two']);
    expect(rounded(await file.read(1), 'positions')).toEqual([5, 0, 0]);
    const unexpanded = await opened(
      'a.cif',
      `data_a\n${CELL}_symmetry_space_group_name_H-M 'F m -3 m'\n${SITES}Na 0 0 0 1\n`,
    );
    expect(unexpanded.warnings?.().join()).toContain('F m -3 m without its operations');
  });

  it('[F78] what is no CIF, no number or no operation is refused with its line', async () => {
    for (const [text, line, sentence] of [
      [crystal(['x,y,z'], 'C1 0 0 zero 1\n'), 18, 'expected coordinate z, found "zero"'],
      [crystal(['x,y,z'], 'C1 0 0 0\n'), 19, 'a row has 4 of 5 values'],
      [crystal(['x,y,q'], 'C1 0 0 0 1\n'), 1, 'operation of symmetry "x,y,q"'],
      [crystal(['x,y,z'], "C1 'open 0 0 1\n"), 18, 'a quote is not closed'],
      [`data_a\n_x\n;text\n`, 4, 'within a text between semicolons'],
      [`data_a\n${SITES}C 0 0 0 1\n`, 1, 'no cell'],
    ] as const) {
      const error = await refusalOf('a.cif', text);
      expect(error?.message, sentence).toContain(sentence);
      expect(error?.fields, sentence).toMatchObject({ frame: 0, line });
    }
  });

  it.skipIf(!hasData)(
    `[F78] real crystals have the atoms of a whole cell, of three blocks too${needsData}`,
    async () => {
      for (const [path, frames, atoms] of [
        ['cif/1544173.cif', 1, 100],
        ['cif/CaCrP2O7_mvc-11955.cif', 1, 22],
        ['cif/Fe2O3_mp-715572.cif', 1, 80],
        ['cif/Zr-UiO-66-pressure.cif', 3, 456],
      ] as const) {
        const { trajectory } = await openBytes(path, readData(path));
        expect(trajectory.count, path).toBe(frames);
        expect(array(await trajectory.read(0), 'positions').shape[0], path).toBe(atoms);
      }
    },
  );
});

const ATOMS = `loop_
_atom_site.group_PDB
_atom_site.id
_atom_site.type_symbol
_atom_site.label_atom_id
_atom_site.label_alt_id
_atom_site.label_comp_id
_atom_site.label_asym_id
_atom_site.label_seq_id
_atom_site.Cartn_x
_atom_site.Cartn_y
_atom_site.Cartn_z
_atom_site.auth_seq_id
_atom_site.auth_asym_id
_atom_site.pdbx_PDB_model_num
`;
const LINK = `loop_
_struct_conn.id
_struct_conn.conn_type_id
_struct_conn.ptnr1_label_asym_id
_struct_conn.ptnr1_label_comp_id
_struct_conn.ptnr1_label_seq_id
_struct_conn.ptnr1_label_atom_id
_struct_conn.ptnr2_label_asym_id
_struct_conn.ptnr2_label_comp_id
_struct_conn.ptnr2_label_seq_id
_struct_conn.ptnr2_label_atom_id
_struct_conn.ptnr1_auth_seq_id
_struct_conn.ptnr2_auth_seq_id
1 disulf A CYS 1 SG B CYS 1 SG 7 8
2 hydrog A CYS 1 SG B CYS 1 SG 7 8
`;
const row = (chain: string, seq: number, x: number, model: number): string =>
  `ATOM 1 S SG . CYS ${chain} 1 ${x} 2 3 ${seq} ${chain} ${model}\n`;

describe('macromolecules', () => {
  it('[F79] models are frames; names, chains, cell and connections wherever they stand', async () => {
    const file = await opened(
      'a.cif',
      `data_1ABC\n${ATOMS}${row('A', 7, 1, 1)}${row('B', 8, 3, 1)}${row('A', 7, 5, 2)}ATOM 2 S\n'SG' . CYS B 1\n7 2 3 8 B 2\n#\n${LINK}_cell.length_a 10\n_cell.length_b 11\n_cell.length_c 12\n`,
    );
    expect(file.count).toBe(2);
    for (const [index, x] of [
      [0, 1],
      [1, 5],
    ] as const) {
      const data = await file.read(index);
      expect(rounded(data, 'positions')).toEqual([x, 2, 3, x + 2, 2, 3]);
      expect(words(data, 'arrays.chain_ids')).toEqual(['A', 'B']);
      expect(rounded(data, 'arrays.residue_numbers')).toEqual([7, 8]);
      expect(rounded(data, 'info.links')).toEqual([0, 1]);
      expect(rounded(data, 'cell')).toEqual([10, 0, 0, 0, 11, 0, 0, 0, 12]);
      expect(rounded(data, 'numbers')).toEqual([16, 16]);
    }
  });

  it.skipIf(!hasData)(`[F79] BinaryCIF has the atoms of the same entry as text${needsData}`, async () => {
    const binary = (await openBytes('1cbs.bcif', readData('cif/1cbs_full.bcif'))).trajectory;
    const text = (await openBytes('1cbs.cif', readData('cif/1cbs_updated.cif'))).trajectory;
    expect([binary.format, binary.count, text.count]).toEqual(['bcif', 1, 1]);
    const [a, b] = [await binary.read(0), await text.read(0)];
    for (const key of ['positions', 'numbers', 'cell', 'arrays.residue_numbers', 'arrays.b_factors']) {
      expect(array(a, key).data, key).toEqual(array(b, key).data);
    }
    for (const key of ['arrays.atom_names', 'arrays.residue_names', 'arrays.chain_ids']) {
      expect(words(a, key), key).toEqual(words(b, key));
    }
    expect(array(a, 'positions').shape[0]).toBe(1213);
    const cut = await openBytes('cut.bcif', readData('odd/truncated.bcif'));
    expect(cut.error?.code).toBe('file/damaged');
    expect(cut.error?.message).toContain('cut.bcif, frame 0, byte');
  });

  it('[F79] BinaryCIF that says more than it has is refused before anything is reserved', async () => {
    const column = (name: string, encoding: unknown[], bytes = new Uint8Array(4)): unknown => ({
      name,
      data: { data: bytes, encoding },
    });
    const file = (rowCount: number, encoding: unknown[]): Uint8Array =>
      encodeMsgpack({
        encoder: 'test',
        version: '0.3.0',
        dataBlocks: [
          {
            header: 'A',
            categories: [
              {
                name: '_atom_site',
                rowCount,
                columns: ['Cartn_x', 'Cartn_y', 'Cartn_z'].map((name) => column(name, encoding)),
              },
            ],
          },
        ],
      });
    const bytes = { kind: 'ByteArray', type: 4 };
    const runs = { kind: 'RunLength', srcSize: 5e8, srcType: 4 };
    for (const [content, sentence] of [
      [file(4, [bytes]), undefined],
      [file(3, [bytes]), 'cannot be read'],
      [file(1e9, [bytes]), 'more than the file can hold'],
      [file(4, [runs, bytes]), 'srcSize is 500000000'],
      [file(4, [{ kind: 'Zip' }]), 'the encoding Zip is not known'],
      [file(4, [{ kind: 'ByteArray', type: 'toString' }]), 'no type'],
      [encodeMsgpack({ dataBlocks: [] }), 'no block'],
      [encodeMsgpack({ dataBlocks: 5 }), 'no BinaryCIF'],
    ] as const) {
      const { trajectory, error } = await openBytes('a.bcif', content);
      const found =
        error ??
        (await trajectory.read(0).then(
          () => undefined,
          (thrown: Error) => thrown,
        ));
      if (sentence === undefined) expect(found).toBeUndefined();
      else expect(found?.message).toContain(sentence);
    }
  });
});
