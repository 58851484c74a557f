import type { NumericArray } from '../../../protocol/frames.ts';
import { ByteProblem } from '../binary/byte-problem.ts';
import type { ByteSource } from '../format.ts';
import { loadHdf5, type Hdf5Metadata, type Hdf5Module } from './hdf5-module.ts';
import { PagedFile } from './paged-file.ts';

/** Numbers of a dataset in one row, in their own precision; integers of 64 bits become doubles. */
export type Hdf5Numbers = NumericArray;

/** What is known of a dataset without reading it. */
export interface Hdf5Dataset {
  path: string;
  shape: readonly number[];
  metadata: Hdf5Metadata;
}

/** Integer, float, string and enumeration in HDF5. */
const INTEGER = 0;
const FLOAT = 1;
const STRING = 3;
const ENUM = 8;

/** Deflate cannot do better than this; a dataset that says more holds nothing. */
const MOST_EXPANSION = 2048;

/** One HDF5 file, read piece by piece. All methods throw {@link ByteProblem} for what cannot be read. */
export class Hdf5Reader {
  private readonly paged: PagedFile;
  private readonly file: bigint;
  private readonly byteLength: number;

  private constructor(paged: PagedFile, file: bigint, byteLength: number) {
    this.paged = paged;
    this.file = file;
    this.byteLength = byteLength;
  }

  /** Opens the source, of which `byteLength` is the whole length. */
  static async open(source: ByteSource, byteLength: number, signal?: AbortSignal): Promise<Hdf5Reader> {
    const paged = new PagedFile(await loadHdf5(), source, byteLength);
    try {
      const file = await paged.run('the file', (module) => checked(module.open(paged.path, 0, false, -1, -1)), signal);
      return new Hdf5Reader(paged, file, byteLength);
    } catch (error) {
      paged.close();
      throw error;
    }
  }

  close(): void {
    this.paged.module.close_file(this.file);
    this.paged.close();
  }

  /** Names in a group; none when there is no such group. */
  async names(path: string, signal?: AbortSignal): Promise<string[]> {
    if ((await this.kindOf(path, signal)) !== 'group') return [];
    return this.paged.run(path, (module) => module.get_names(this.file, path, false), signal);
  }

  /** Whether a group or dataset is at `path`. Links to elsewhere are not followed. */
  kindOf(path: string, signal?: AbortSignal): Promise<'group' | 'dataset' | undefined> {
    return this.paged.run(
      path,
      (module) => {
        const type = this.typeOf(module, path);
        return type === module.H5G_GROUP ? 'group' : type === module.H5G_DATASET ? 'dataset' : undefined;
      },
      signal,
    );
  }

  /** The dataset at `path` when there is one of numbers. */
  async dataset(path: string, signal?: AbortSignal): Promise<Hdf5Dataset | undefined> {
    if ((await this.kindOf(path, signal)) !== 'dataset') return undefined;
    const metadata = await this.paged.run(path, (module) => module.get_dataset_metadata(this.file, path), signal);
    const isOther = (metadata.virtual_sources?.length ?? 0) > 0;
    if (isOther || accessorOf(metadata) === undefined || metadata.shape === null) return undefined;
    return { path, shape: metadata.shape, metadata };
  }

  /** The attributes of an object that are numbers or texts. */
  attributes(path: string, signal?: AbortSignal): Promise<Map<string, string[] | Hdf5Numbers>> {
    return this.paged.run(
      path,
      (module) => {
        const found = new Map<string, string[] | Hdf5Numbers>();
        for (const name of module.get_attribute_names(this.file, path)) {
          const value = this.attribute(module, path, name);
          if (value !== undefined) found.set(name, value);
        }
        return found;
      },
      signal,
    );
  }

  /** Rows `[start, stop)` of the first dimension; all of a dataset that has none. */
  read(dataset: Hdf5Dataset, start: number, stop: number, signal?: AbortSignal): Promise<Hdf5Numbers> {
    const { path, shape, metadata } = dataset;
    const counts = shape.map((length, axis) => (axis === 0 ? Math.max(0, Math.min(stop, length) - start) : length));
    const total = counts.reduce((product, count) => product * count, 1);
    const byteLength = total * metadata.size;
    if (byteLength > this.byteLength * MOST_EXPANSION || byteLength > 2 ** 31) {
      throw new ByteProblem(0, `${path} is said to have ${total} numbers, more than the file can hold`);
    }
    return this.paged.run(
      path,
      (module) => {
        const hyperslab = shape.map((_, axis) => BigInt(axis === 0 ? start : 0));
        const ones = shape.map(() => 1n);
        const bytes = withMemory(module, byteLength, (target) => {
          checked(module.get_dataset_data(this.file, path, counts.map(BigInt), hyperslab, ones, BigInt(target)));
          return module.HEAPU8.slice(target, target + byteLength);
        });
        return numbersOf(bytes, metadata);
      },
      signal,
    );
  }

  /** HDF5's number of a kind; negative when there is nothing. Throws where the group says that there is something. */
  private typeOf(module: Hdf5Module, path: string): number {
    const type = module.get_type(this.file, path);
    if (type >= 0 || path === '/') return type;
    const cut = path.lastIndexOf('/');
    const parent = cut <= 0 ? '/' : path.slice(0, cut);
    const isListed =
      this.typeOf(module, parent) === module.H5G_GROUP &&
      module.get_names(this.file, parent, false).includes(path.slice(cut + 1));
    return checked(isListed ? -1 : 0) - 1;
  }

  private attribute(module: Hdf5Module, path: string, name: string): string[] | Hdf5Numbers | undefined {
    const metadata = module.get_attribute_metadata(this.file, path, name);
    const byteLength = metadata.size * metadata.total_size;
    const isText = metadata.type === STRING;
    if (metadata.shape === null || byteLength > 65_536 || (!isText && accessorOf(metadata) === undefined)) {
      return undefined;
    }
    return withMemory(module, byteLength, (target) => {
      checked(module.get_attribute_data(this.file, path, name, BigInt(target)));
      const bytes = module.HEAPU8.slice(target, target + byteLength);
      if (!isText) return numbersOf(bytes, metadata);
      if (!metadata.vlen) return fixedTexts(bytes, metadata.size);
      const texts = Array.from(new Uint32Array(bytes.buffer), (pointer) => module.UTF8ToString(pointer));
      module.reclaim_vlen_memory(this.file, path, name, BigInt(target));
      return texts;
    });
  }
}

function withMemory<T>(module: Hdf5Module, byteLength: number, use: (target: number) => T): T {
  const target = module._malloc(Math.max(8, byteLength));
  if (target === 0) throw new ByteProblem(0, `there is no memory for ${byteLength} bytes`);
  try {
    return use(target);
  } finally {
    module._free(target);
  }
}

/** Throws where HDF5 answers with a negative number. */
function checked<T extends number | bigint>(status: T): T {
  if (status < 0) throw new Error('');
  return status;
}

function accessorOf({ type, size, signed, enum_type: members }: Hdf5Metadata): string | undefined {
  const isFloat = type === FLOAT;
  if (!isFloat && type !== INTEGER && !(type === ENUM && members?.type === INTEGER)) return undefined;
  if (isFloat) return size === 4 || size === 8 ? `f${size}` : undefined;
  return [1, 2, 4, 8].includes(size) ? `${signed ? 'i' : 'u'}${size}` : undefined;
}

function numbersOf({ buffer }: Uint8Array, metadata: Hdf5Metadata): Hdf5Numbers {
  switch (accessorOf(metadata)) {
    case 'i1':
      return new Int8Array(buffer);
    case 'u1':
      return new Uint8Array(buffer);
    case 'i2':
      return new Int16Array(buffer);
    case 'u2':
      return new Uint16Array(buffer);
    case 'i4':
      return new Int32Array(buffer);
    case 'u4':
      return new Uint32Array(buffer);
    case 'i8':
      return Float64Array.from(new BigInt64Array(buffer), Number);
    case 'u8':
      return Float64Array.from(new BigUint64Array(buffer), Number);
    case 'f4':
      return new Float32Array(buffer);
    default:
      return new Float64Array(buffer);
  }
}

function fixedTexts(bytes: Uint8Array, size: number): string[] {
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, k) => {
    const text = new TextDecoder().decode(bytes.subarray(k * size, (k + 1) * size));
    return text.split('\0', 1)[0].trimEnd();
  });
}
