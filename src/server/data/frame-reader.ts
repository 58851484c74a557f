import { emptyRecord, isPerAtom, normaliseFrameKeys } from '../../data/frame-key.ts';
import { valueFromBytes } from '../../data/hash.ts';
import { CovalenceError } from '../../protocol/errors.ts';
import { FRAME_KEYS, type Frame, type FrameKeyInfo, type FrameValue, isFrameArray } from '../../protocol/frames.ts';
import type { BlobStore } from './blob-store.ts';
import type { StoredValue } from './commit-record.ts';
import { assertThere } from './edit-plan.ts';
import { sourceFrameIndex } from './frame-order.ts';
import type { FrameHead, RoomState } from './room-state.ts';
import type { ParsedFrame } from './parsed-frames.ts';
import type { SourceFrames } from './source-frames.ts';
import { loadBytes, loadValue } from './stored-values.ts';

/** A frame as it was at one moment, whose values are still to be read. */
export interface FrameSnapshot {
  id: string;
  index: number;
  head: FrameHead;
}

/** Reads values of frames from the log, the blobs and the file behind the room. */
export class FrameReader {
  readonly #state: RoomState;
  readonly #blobs: BlobStore;
  readonly #source: SourceFrames | undefined;

  constructor(options: { state: RoomState; blobs: BlobStore; source: SourceFrames | undefined }) {
    this.#state = options.state;
    this.#blobs = options.blobs;
    this.#source = options.source;
  }

  /** Where the frame `id` stands now, or stood at `version`. Throws `frame/not-found`. */
  snapshot(id: string, version?: number): FrameSnapshot {
    assertThere(this.#state, id);
    const head = this.#state.head(id, version);
    if (head === undefined) {
      throw new CovalenceError(
        'frame/not-found',
        `Frame "${id}" has no version ${version}; the newest is ${this.#state.version(id)}.`,
        { frame: id, version: this.#state.version(id) },
      );
    }
    return { id, index: this.#state.order.indexOf(id) as number, head };
  }

  /** The values of a snapshot; all, or those of `keys` that it has. */
  async read(snapshot: FrameSnapshot, keys?: readonly string[], signal?: AbortSignal): Promise<Frame> {
    const { id, index, head } = snapshot;
    const wanted = normaliseFrameKeys(keys);
    const source = await this.#sourceFrame(snapshot, wanted, signal);
    const hashes = emptyRecord<string>();
    const data = emptyRecord<FrameValue>();
    for (const key of wanted ?? namesOf(head, source)) {
      const stored = head.keys.get(key);
      if (stored === null) continue;
      if (stored !== undefined) {
        data[key] = await loadValue(this.#blobs, stored);
        hashes[key] = stored.hash;
      } else if (source !== undefined && Object.hasOwn(source.data, key)) {
        data[key] = source.data[key];
        hashes[key] = source.hash(key);
      }
    }
    return { id, index, version: head.version, hashes, data };
  }

  /** One value; undefined when the frame has none under `key`. */
  async value(id: string, version: number, key: string): Promise<FrameValue | undefined> {
    return (await this.read(this.snapshot(id, version), [key])).data[key];
  }

  /** Atoms of a frame as its per-atom values other than `without` have it. */
  async atomCount(id: string, version: number, without: ReadonlySet<string>): Promise<number | undefined> {
    const snapshot = this.snapshot(id, version);
    for (const [key, stored] of snapshot.head.keys) {
      if (stored !== null && isPerAtom(key) && !without.has(key)) return stored.shape[0];
    }
    const source = await this.#sourceFrame(snapshot, undefined);
    if (source === undefined) return undefined;
    for (const [key, value] of Object.entries(source.data)) {
      const isStanding = isPerAtom(key) && !without.has(key) && !snapshot.head.keys.has(key);
      if (isStanding && isFrameArray(value)) return value.shape[0];
    }
    return undefined;
  }

  /** Keys of the first frame, as far as they are known without reading. */
  keyInfos(): FrameKeyInfo[] {
    const first = this.#state.order.at(0);
    if (first === undefined) return [];
    const head = this.#state.head(first);
    if (head === undefined) return [];
    const infos = new Map<string, FrameKeyInfo>();
    if (head.hasSource) for (const info of this.#source?.keys ?? []) infos.set(info.name, info);
    for (const [key, stored] of head.keys) {
      if (stored === null) infos.delete(key);
      else infos.set(key, infoOf(key, stored));
    }
    return [...infos.values()];
  }

  /** One-number values of all frames, NaN where a frame has none; all such keys or those of `keys`. */
  scalars(keys?: readonly string[]): Record<string, Float64Array> {
    const wanted = normaliseFrameKeys(keys);
    const { order } = this.#state;
    const count = order.count;
    const columns = emptyRecord<Float64Array>();
    const column = (key: string): Float64Array => (columns[key] ??= new Float64Array(count).fill(Number.NaN));
    for (const key of wanted ?? []) column(key);
    const fromSource = Object.entries(this.#source?.scalars() ?? {}).filter(([key]) => wanted?.includes(key) ?? true);
    for (let index = 0; index < count; index += 1) {
      const id = order.at(index) as string;
      const head = this.#state.isNamed(id) ? this.#state.head(id) : undefined;
      const sourceIndex = head === undefined || head.hasSource ? sourceFrameIndex(id) : undefined;
      if (sourceIndex !== undefined) {
        for (const [key, values] of fromSource) column(key)[index] = values[sourceIndex] ?? Number.NaN;
      }
      for (const [key, stored] of head?.keys ?? []) {
        if (stored === null) {
          if (key in columns) columns[key][index] = Number.NaN;
        } else if (stored.type === 'number' && stored.inline !== undefined && (wanted?.includes(key) ?? true)) {
          column(key)[index] = valueFromBytes('number', [], stored.inline) as number;
        } else if (key in columns) columns[key][index] = Number.NaN;
      }
    }
    return columns;
  }

  /** Canonical bytes of a value named by the log, for `GET .../blobs`; undefined when no version names this hash. */
  async blob(hash: string): Promise<Uint8Array | undefined> {
    const stored = this.#state.valueByHash(hash);
    return stored === undefined ? undefined : loadBytes(this.#blobs, stored);
  }

  async #sourceFrame(
    { id, head }: FrameSnapshot,
    wanted: readonly string[] | undefined,
    signal?: AbortSignal,
  ): Promise<ParsedFrame | undefined> {
    const isNeeded = head.hasSource && (wanted === undefined || wanted.some((key) => !head.keys.has(key)));
    const sourceIndex = sourceFrameIndex(id);
    if (!isNeeded || sourceIndex === undefined || this.#source === undefined) return undefined;
    return this.#source.frame(sourceIndex, signal);
  }
}

function namesOf(head: FrameHead, source: ParsedFrame | undefined): string[] {
  const names = new Set(source === undefined ? [] : Object.keys(source.data));
  for (const [key, stored] of head.keys) {
    if (stored === null) names.delete(key);
    else names.add(key);
  }
  return [...names];
}

function infoOf(key: string, stored: StoredValue): FrameKeyInfo {
  const unit = Object.hasOwn(FRAME_KEYS, key) ? FRAME_KEYS[key].unit : undefined;
  const shape = isPerAtom(key) ? [null, ...stored.shape.slice(1)] : stored.shape;
  const dtype = stored.type === 'table' ? 'string' : stored.type;
  return { name: key, dtype, shape, ...(unit === undefined ? {} : { unit }) };
}
