import { encodeMsgpack } from '../../../src/data/msgpack.ts';

/** Small BinaryCIF: two models, every encoding. */
export function bcifStart(): Uint8Array {
  const bytes = (values: number[]): Uint8Array => Uint8Array.from(values);
  const byte = { kind: 'ByteArray', type: 4 };
  const packed = { kind: 'IntegerPacking', byteCount: 1, isUnsigned: true, srcSize: 4 };
  const column = (name: string, values: number[], encoding: unknown[]): unknown => ({
    name,
    data: { data: bytes(values), encoding },
  });
  const text = {
    kind: 'StringArray',
    dataEncoding: [byte],
    stringData: 'CNO',
    offsetEncoding: [byte],
    offsets: bytes([0, 1, 2, 3]),
  };
  return encodeMsgpack({
    encoder: 'test BinaryCIF',
    version: '0.3.0',
    dataBlocks: [
      {
        header: 'T',
        categories: [
          {
            name: '_atom_site',
            rowCount: 4,
            columns: [
              column('Cartn_x', [1, 2, 3, 4], [{ kind: 'FixedPoint', factor: 10, srcType: 32 }, packed, byte]),
              column(
                'Cartn_y',
                [1, 2, 3, 4],
                [{ kind: 'IntervalQuantization', min: 0, max: 9, numSteps: 256, srcType: 32 }, byte],
              ),
              column('Cartn_z', [1, 1, 1, 1], [{ kind: 'Delta', origin: 5, srcType: 3 }, byte]),
              column('type_symbol', [0, 1, 2, 0], [text]),
              column('pdbx_PDB_model_num', [1, 2, 2, 2], [{ kind: 'RunLength', srcSize: 4, srcType: 3 }, byte]),
            ],
          },
        ],
      },
    ],
  });
}
