import { openTrajectory } from '../../data/formats/open-trajectory.ts';
import { CovalenceError, errorFromProblem, isCovalenceError } from '../../protocol/errors.ts';
import { assertRoomName, decodedRoomName } from '../../protocol/room-name.ts';
import { routes } from '../../protocol/routes.ts';
import { createDataRooms } from '../data/data-rooms.ts';
import { fileRoomStorage } from '../data/file-room-storage.ts';
import { createFrameChannel } from '../data/http/frame-channel.ts';
import { frameExporters } from '../frame-exporters.ts';
import { framesDirectory } from './frames-directory.ts';

/** Answers requests to the data channel of one room. */
export interface RoomSource {
  readonly name: string;
  /** `path` is below the room, e.g. `export?format=extxyz`. Rejects with what the server refused. */
  ask(path: string): Promise<Response>;
  close(): Promise<void>;
}

/**
 * The room that the person named: by its link on a running server, or by its name in a data directory that no server
 * is using. Rejects with `room/not-found`, `store/in-use`, `server/unreachable`.
 */
export async function roomSource(named: string, dataDirectory: string): Promise<RoomSource> {
  return /^https?:\/\//.test(named) ? onServer(named) : inDirectory(named, dataDirectory);
}

async function onServer(address: string): Promise<RoomSource> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const match = /^(.*)\/r\/([^/]+)\/?$/.exec(url?.pathname ?? '');
  if (url === undefined || match === null) {
    throw new CovalenceError('command/invalid', `"${address}" is not the link of a room, such as http://host/r/argon.`);
  }
  const name = decodedRoomName(match[2], address);
  const token = new URLSearchParams(url.hash.slice(1)).get('token') ?? url.searchParams.get('token');
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  return {
    name,
    async ask(path) {
      const response = await fetch(`${url.origin}${match[1]}${routes.room(name)}/${path}`, { headers }).catch(
        (cause: unknown) => {
          throw new CovalenceError(
            'server/unreachable',
            `${url.origin} does not answer. Is it running?`,
            {},
            { cause },
          );
        },
      );
      return accepted(response);
    },
    close: async () => undefined,
  };
}

async function inDirectory(name: string, dataDirectory: string): Promise<RoomSource> {
  assertRoomName(name);
  const directory = await framesDirectory(dataDirectory);
  const storage = await fileRoomStorage({ directory }).catch((error: unknown) => {
    throw withLink(error, name);
  });
  const rooms = createDataRooms({ storage, openTrajectory });
  const channel = createFrameChannel({ rooms, exporters: frameExporters });
  try {
    // A file behind the room is read to its end first, so that all of its frames are there.
    await (
      await rooms.get(name)
    ).indexed;
  } catch (error) {
    await rooms.close();
    if (isCovalenceError(error, 'room/not-found')) {
      throw new CovalenceError(
        'room/not-found',
        `There is no room "${name}" in "${dataDirectory}". Name another folder with --data, or give the room's link.`,
        { room: name },
      );
    }
    throw error;
  }
  return {
    name,
    async ask(path) {
      const response = await channel(new Request(`http://localhost${routes.room(name)}/${path}`));
      return accepted(response ?? new Response(null, { status: 404 }));
    },
    close: () => rooms.close(),
  };
}

/** A room of a directory that a server has open is had from that server: the refusal says by which link. */
function withLink(error: unknown, name: string): unknown {
  if (!isCovalenceError(error, 'store/in-use') || typeof error.fields.url !== 'string') return error;
  const { directory, url } = error.fields;
  return new CovalenceError(
    'store/in-use',
    `A running server has "${directory as string}" open. Give the room's link instead of its name: ` +
      `${url}${routes.page(name)}`,
    error.fields,
    { cause: error },
  );
}

async function accepted(response: Response): Promise<Response> {
  if (response.ok) return response;
  throw errorFromProblem(await response.json().catch(() => undefined), response.status);
}
