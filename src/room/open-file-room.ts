import type { Room } from './room.ts';
import { zarrNameAt } from './zarr-address.ts';

/** How to open a file without a server. */
export interface OpenFileRoomOptions {
  user?: { name: string; color?: string };
  /** The file that says which atoms a trajectory without elements has. */
  topology?: File | URL | undefined;
  /** Element symbols of the atom types 1, 2, 3 ..., for files that only number them. */
  elements?: readonly string[] | undefined;
  /** Names of the file and what they mean, e.g. `{ dft_force: 'forces' }`. */
  map?: Readonly<Record<string, string>> | undefined;
  /** Gives up opening when it aborts. */
  signal?: AbortSignal;
}

/**
 * Opens a trajectory file, dropped, chosen or at an address, in this page alone: nothing leaves the browser, nobody else
 * sees it. An address that ends in `.zarr`, `.zarrmd`, `/zarr/head` or `/zarr/@<seq>` is that of a Zarr store. Resolves
 * when its format is known and its first frame found. Rejects with `file/unknown-format`, `file/damaged`,
 * `file/not-found`, and `file/mismatch` when the topology is that of other atoms.
 */
export async function openFileRoom(file: File | URL, options: OpenFileRoomOptions = {}): Promise<Room> {
  const { signal, topology, elements, map } = options;
  const user = options.user === undefined ? {} : { user: options.user };
  const store = file instanceof URL ? zarrNameAt(file) : undefined;
  if (store !== undefined) return await openZarrRoom(file as URL, store, user);
  // Readers come when the first file does: rooms on a server never need them.
  const [{ fileProvider, fileByteSource }, { adaptedReader }, { openLocalRoom }, { roomNameOfFile }] =
    await Promise.all([
      import('../data/file-provider.ts'),
      import('../data/formats/adapt/open-adapted.ts'),
      import('./open-local-room.ts'),
      import('../protocol/room-name.ts'),
    ]);
  const open = adaptedReader({
    ...(elements === undefined ? {} : { elements }),
    ...(map === undefined ? {} : { map }),
    topology: topology === undefined ? undefined : () => fileByteSource(topology),
  });
  const provider = await fileProvider(file, { open, ...(signal === undefined ? {} : { signal }) });
  const path = file instanceof URL ? decodeURIComponent(file.pathname) : file.name;
  return await openLocalRoom({
    provider,
    name: roomNameOfFile(path),
    ...user,
  });
}

async function openZarrRoom(address: URL, name: string, user: Pick<OpenFileRoomOptions, 'user'>): Promise<Room> {
  const [{ zarrProvider }, { openLocalRoom }] = await Promise.all([
    import('../data/zarr-provider.ts'),
    import('./open-local-room.ts'),
  ]);
  return await openLocalRoom({ provider: await zarrProvider(address), name, ...user });
}
