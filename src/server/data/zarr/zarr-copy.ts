import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CovalenceError } from '../../../protocol/errors.ts';
import { storeError } from '../store-errors.ts';

/** Gives the bytes under a key of a Zarr store. */
export type ZarrGet = (key: string) => Promise<Uint8Array | undefined>;

/** Chunks that are asked for at once. */
const AT_ONCE = 8;

/**
 * Copies a store, whose metadata of both versions must stand in its root, into the folder `target`, which must not
 * exist: it appears when everything is there. Rejects with `command/invalid` when it exists, with `frame/corrupt` when
 * the store lacks a chunk, with `store/full` and `store/failed`.
 */
export async function copyZarr(get: ZarrGet, target: string): Promise<void> {
  const isTaken = await stat(target).then(
    () => true,
    () => false,
  );
  if (isTaken) {
    throw new CovalenceError('command/invalid', `"${target}" exists already. Name a folder that does not.`, { target });
  }
  const partial = `${target}.partial-${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(partial, { recursive: true });
    const copy = async (key: string): Promise<void> => {
      const bytes = await get(key);
      if (bytes === undefined) throw new CovalenceError('frame/corrupt', `The store has no "${key}".`, { key });
      const path = join(partial, ...key.split('/'));
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, bytes);
    };
    let copying: Promise<void>[] = [];
    for (const key of await keysOf(get)) {
      copying.push(copy(key));
      if (copying.length < AT_ONCE) continue;
      await Promise.all(copying);
      copying = [];
    }
    await Promise.all(copying);
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw storeError(error, `Writing "${target}"`);
  }
}

/** All keys of a store, as its metadata has them. */
async function keysOf(get: ZarrGet): Promise<string[]> {
  const [three, two] = await Promise.all([documentAt(get, 'zarr.json'), documentAt(get, '.zmetadata')]);
  const nodes = (three as { consolidated_metadata: { metadata: Record<string, Node> } }).consolidated_metadata.metadata;
  const old = (two as { metadata: Record<string, unknown> }).metadata;
  const keys = [
    'zarr.json',
    '.zmetadata',
    ...Object.keys(old),
    ...Object.keys(nodes).map((path) => `${path}/zarr.json`),
  ];
  for (const [path, { node_type: kind, shape, chunk_grid: grid }] of Object.entries(nodes)) {
    if (kind !== 'array' || shape.includes(0)) continue;
    const rest = '/0'.repeat(shape.length - 1);
    const count = Math.ceil(shape[0] / grid.configuration.chunk_shape[0]);
    for (let place = 0; place < count; place += 1) keys.push(`${path}/${place}${rest}`);
  }
  return keys;
}

interface Node {
  node_type: 'group' | 'array';
  shape: number[];
  chunk_grid: { configuration: { chunk_shape: number[] } };
}

async function documentAt(get: ZarrGet, key: string): Promise<unknown> {
  const bytes = await get(key);
  if (bytes !== undefined) return JSON.parse(new TextDecoder().decode(bytes));
  throw new CovalenceError('frame/corrupt', `The store has no "${key}".`, { key });
}
