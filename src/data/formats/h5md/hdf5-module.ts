/** What of h5wasm's module is used; its own types do not tell how a call fails. */
export interface Hdf5Module {
  open(name: string, mode: number, trackOrder: boolean, libverLow: number, libverHigh: number): bigint;
  close_file(file: bigint): number;
  get_names(file: bigint, path: string, recursive: boolean): string[];
  get_type(file: bigint, path: string): number;
  get_dataset_metadata(file: bigint, path: string): Hdf5Metadata;
  get_dataset_data(
    file: bigint,
    path: string,
    count: bigint[] | null,
    offset: bigint[] | null,
    strides: bigint[] | null,
    target: bigint,
  ): number;
  get_attribute_names(file: bigint, path: string): string[];
  get_attribute_metadata(file: bigint, path: string, name: string): Hdf5Metadata;
  get_attribute_data(file: bigint, path: string, name: string, target: bigint): number;
  reclaim_vlen_memory(file: bigint, path: string, name: string, target: bigint): number;
  UTF8ToString(pointer: number): string;
  _malloc(byteLength: number): number;
  _free(pointer: number): void;
  readonly HEAPU8: Uint8Array;
  readonly H5G_GROUP: number;
  readonly H5G_DATASET: number;
  readonly FS: Hdf5FileSystem;
}

/** Type and shape of a dataset or an attribute. */
export interface Hdf5Metadata {
  shape: number[] | null;
  /** Bytes of an element. */
  size: number;
  /** 0 integer, 1 float, 3 string, 8 enumeration. */
  type: number;
  signed: boolean;
  vlen: boolean;
  total_size: number;
  littleEndian: boolean;
  enum_type?: { members: Record<string, number>; type: number };
  virtual_sources?: unknown[];
}

/** The part of Emscripten's file system that is used. */
export interface Hdf5FileSystem {
  createFile(parent: string, name: string, properties: object, canRead: boolean, canWrite: boolean): Hdf5Node;
  unlink(path: string): void;
  getStream(descriptor: number): { stream_ops: object } | null;
  ErrnoError: new (errno: number) => Error;
}

/** A file in Emscripten's file system. */
export interface Hdf5Node {
  usedBytes: number;
  stream_ops: object;
}

let loading: Promise<Hdf5Module> | undefined;

/** Loads HDF5 when it is first needed: 4 MB that nobody else should pay for. */
export function loadHdf5(): Promise<Hdf5Module> {
  loading ??= (async (): Promise<Hdf5Module> => {
    const { ready } = await import('h5wasm');
    const module = (await ready) as unknown as Hdf5Module;
    // HDF5 prints a page for every read that must be tried again.
    const errors = module.FS.getStream(2);
    if (errors !== null) {
      errors.stream_ops = {
        ...errors.stream_ops,
        write: (_stream: unknown, _buffer: unknown, _offset: number, length: number) => length,
      };
    }
    return module;
  })().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}
