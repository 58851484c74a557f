import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as zarr from 'zarrita';

/** A server that answers from memory without looking at anything, to pages of any origin. */
export async function rawServer(
  answers: (path: string) => Uint8Array | undefined,
): Promise<{ url: string; close(): void }> {
  const http = createServer((request, response) => {
    const bytes = answers(request.url ?? '/');
    response.writeHead(bytes === undefined ? 404 : 200, { 'access-control-allow-origin': '*' });
    response.end(bytes);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, close: () => void http.close() };
}

/** The files of a Zarr v3 store whose array `/p` is `frames` x `atoms` x 3, a frame a chunk, uncompressed. */
export async function positionsStore(
  frames: readonly Float32Array<ArrayBuffer>[],
  atoms: number,
): Promise<Map<string, Uint8Array>> {
  const store = new Map<string, Uint8Array>();
  const root = zarr.root(store as Map<`/${string}`, Uint8Array>);
  await zarr.create(root.resolve('p'), {
    dtype: 'float32',
    shape: [frames.length, atoms, 3],
    chunkShape: [1, atoms, 3],
    attributes: {},
  });
  for (const [i, frame] of frames.entries()) store.set(`/p/c/${i}/0/0`, new Uint8Array(frame.buffer));
  return store;
}
