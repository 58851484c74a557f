import type { ZarrArraySpec, ZarrDtype } from './zarr-array.ts';

const V3_TYPES: Readonly<Record<ZarrDtype, string>> = {
  '|i1': 'int8',
  '|u1': 'uint8',
  '<i2': 'int16',
  '<u2': 'uint16',
  '<i4': 'int32',
  '<u4': 'uint32',
  '<i8': 'int64',
  '<f4': 'float32',
  '<f8': 'float64',
};

/** Groups by path, with their attributes; the root is ''. */
export type ZarrGroups = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/**
 * The documents that describe a store, for readers of version 3 (`zarr.json`) and of version 2 (`.zgroup`, `.zarray`,
 * `.zattrs`), by path. Both name the same chunks. The documents of the root describe everything below it as well.
 */
export function zarrDocuments(groups: ZarrGroups, arrays: readonly ZarrArraySpec[]): Map<string, unknown> {
  const v3 = new Map<string, unknown>();
  const v2 = new Map<string, unknown>();
  for (const [path, attributes] of groups) {
    v3.set(path, { zarr_format: 3, node_type: 'group', attributes });
    v2.set(join(path, '.zgroup'), { zarr_format: 2 });
    v2.set(join(path, '.zattrs'), attributes);
  }
  for (const array of arrays) {
    const { path, shape, chunk, dtype, dimensions, attributes = {} } = array;
    const fill = Number.isNaN(array.fill) ? 'NaN' : array.fill;
    v3.set(path, {
      zarr_format: 3,
      node_type: 'array',
      shape,
      data_type: V3_TYPES[dtype],
      chunk_grid: { name: 'regular', configuration: { chunk_shape: chunk } },
      chunk_key_encoding: { name: 'v2', configuration: { separator: '/' } },
      fill_value: fill,
      codecs: [{ name: 'bytes', configuration: { endian: 'little' } }],
      attributes,
      dimension_names: dimensions,
    });
    v2.set(join(path, '.zarray'), {
      zarr_format: 2,
      shape,
      chunks: chunk,
      dtype,
      compressor: null,
      fill_value: fill,
      order: 'C',
      filters: null,
      dimension_separator: '/',
    });
    v2.set(join(path, '.zattrs'), { ...attributes, _ARRAY_DIMENSIONS: dimensions });
  }
  const { '': root, ...below } = Object.fromEntries(v3) as Record<string, Record<string, unknown>>;
  const documents = new Map<string, unknown>(v2);
  for (const [path, document] of Object.entries(below)) documents.set(join(path, 'zarr.json'), document);
  documents.set('zarr.json', {
    ...root,
    consolidated_metadata: { kind: 'inline', must_understand: false, metadata: below },
  });
  documents.set('.zmetadata', { zarr_consolidated_format: 1, metadata: Object.fromEntries(v2) });
  return documents;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}/${name}`;
}
