import { CovalenceError, isCovalenceError } from '../../../protocol/errors.ts';
import { isFrameArray } from '../../../protocol/frames.ts';
import type { RoomView } from '../room-view.ts';
import type { ZarrArraySpec } from './zarr-array.ts';
import { zarrLayout } from './zarr-layout.ts';
import { zarrDocuments } from './zarr-metadata.ts';

/** A store that exists only while it is read. */
export interface ZarrView {
  /**
   * What lies under a key such as `zarr.json` or `particles/all/position/value/7/0/0`; undefined when the store has no
   * such key. Rejects when a chunk that belongs to the store cannot be read, and never says that it is not there.
   */
  get(key: string, signal?: AbortSignal): Promise<{ bytes: Uint8Array; isDocument: boolean } | undefined>;
}

const CHUNK = /^(.+?)\/((?:0|[1-9]\d{0,14})(?:\/(?:0|[1-9]\d{0,14}))*)$/;
const made = new WeakMap<RoomView, Promise<ZarrView>>();

/** The Zarr store of a view; made once for each. */
export function zarrStore(view: RoomView): Promise<ZarrView> {
  let store = made.get(view);
  if (store === undefined) {
    store = makeStore(view);
    made.set(view, store);
    store.catch(() => made.delete(view));
  }
  return store;
}

async function makeStore(view: RoomView): Promise<ZarrView> {
  const facts = await view.facts();
  const { epoch, seq } = view;
  const { groups, arrays } = zarrLayout(view, facts, { covalence: { epoch, seq }, boundary: await boundaryOf(view) });
  const documents = zarrDocuments(groups, arrays);
  const byPath = new Map(arrays.map((array) => [array.path, array]));
  return {
    async get(key, signal) {
      const document = documents.get(key);
      if (document !== undefined) return { bytes: Buffer.from(JSON.stringify(document)), isDocument: true };
      const match = CHUNK.exec(key);
      const array = match === null ? undefined : byPath.get(match[1]);
      const place = array === undefined ? undefined : placeIn(array, (match as RegExpExecArray)[2]);
      if (array === undefined || place === undefined) return undefined;
      try {
        return { bytes: await array.read(place, signal), isDocument: false };
      } catch (error) {
        signal?.throwIfAborted();
        if (isCovalenceError(error, 'room/closed')) throw error;
        // To a reader of Zarr "not there" means "all fill values"; what belongs to the store must never look so.
        const reason = error instanceof Error ? error.message : String(error);
        throw new CovalenceError('frame/corrupt', `The chunk ${key} cannot be given: ${reason}`, {}, { cause: error });
      }
    },
  };
}

/** The place of a chunk in the first dimension; undefined for coordinates outside the array. */
function placeIn({ shape, chunk }: ZarrArraySpec, coordinates: string): number | undefined {
  const [place, ...others] = coordinates.split('/').map(Number);
  if (others.length !== shape.length - 1 || others.some((other) => other !== 0) || shape.includes(0)) return undefined;
  return place < Math.ceil(shape[0] / chunk[0]) ? place : undefined;
}

/** H5MD has one boundary for all frames: that of the first. */
async function boundaryOf(view: RoomView): Promise<string[]> {
  const { pbc } = view.count === 0 ? {} : (await view.read(0, { data: ['pbc'] })).data;
  return [0, 1, 2].map((axis) => (isFrameArray(pbc) && pbc.data[axis] === 1 ? 'periodic' : 'none'));
}
