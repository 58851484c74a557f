import type { Room } from './room.ts';

/** How to open a file without a server. */
export interface OpenFileRoomOptions {
  user?: { name: string; color?: string };
  /** Gives up opening when it aborts. */
  signal?: AbortSignal;
}

/**
 * Opens a trajectory file, dropped, chosen or at an address, in this page alone: nothing leaves the browser, nobody else
 * sees it. Resolves when its format is known and its first frame found. Rejects with `file/unknown-format`,
 * `file/damaged`, `file/not-found`.
 */
export async function openFileRoom(file: File | URL, options: OpenFileRoomOptions = {}): Promise<Room> {
  const { signal } = options;
  // Readers come when the first file does: rooms on a server never need them.
  const [{ fileProvider }, { openTrajectory }, { openLocalRoom }, { roomNameOfFile }] = await Promise.all([
    import('../data/file-provider.ts'),
    import('../data/formats/open-trajectory.ts'),
    import('./open-local-room.ts'),
    import('../protocol/room-name.ts'),
  ]);
  const provider = await fileProvider(file, { open: openTrajectory, ...(signal === undefined ? {} : { signal }) });
  const path = file instanceof URL ? decodeURIComponent(file.pathname) : file.name;
  return await openLocalRoom({
    provider,
    name: roomNameOfFile(path),
    ...(options.user === undefined ? {} : { user: options.user }),
  });
}
