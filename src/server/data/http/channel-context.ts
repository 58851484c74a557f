import type { RoomData } from '../room-data.ts';
import type { DataRooms } from '../data-rooms.ts';
import type { Capability } from '../../../protocol/capabilities.ts';
import { CovalenceError } from '../../../protocol/errors.ts';
import { HEADER } from '../../../protocol/routes.ts';
import { assertGranted, type Grant } from '../../access/grant.ts';
import type { CommitContext } from '../frame-edit.ts';
import type { OpenTrajectory } from '../source-frames.ts';
import type { FrameExporter } from './frame-exporter.ts';
import type { RequestWithBody } from './request-body.ts';

const MAX_KEY_LENGTH = 255;

/** What the server knows about who asks. */
export interface Caller {
  /** Name of the person, for history and locks. */
  author?: string | undefined;
  /** What it may do; everything when left out. */
  grant?: Grant | undefined;
}

/** What the data channel asks of the control channel. */
export interface SharedStates {
  /** People and programs that are in a room now. */
  peopleIn(room: string): number;
  /** Writes the shared state of a room into that of another one. Resolves once it is stored. */
  copy(from: string, to: string): Promise<void>;
}

/** One request to the data channel, taken apart. */
export interface ChannelRequest extends RequestWithBody {
  url: URL;
  rooms: DataRooms;
  caller: Caller;
  /** Bytes that an upload of many frames, or of a whole file, may have. */
  uploadLimit: number;
  openTrajectory?: OpenTrajectory | undefined;
  /** Formats that frames can be written as, by name. */
  exporters: Readonly<Record<string, FrameExporter>>;
  /** The other half of rooms; absent where there is none. */
  sharedStates?: SharedStates | undefined;
}

/** A request to one room. */
export interface RoomRequest extends ChannelRequest {
  room: RoomData;
}

/** Who commits, from the headers of a request. Throws `request/invalid` for an idempotency key that is too long. */
export function commitContext({ request, caller }: ChannelRequest): CommitContext {
  const { headers } = request;
  const idempotencyKey = idempotencyKeyOf(headers.get(HEADER.idempotencyKey));
  const session = headers.get(HEADER.session)?.slice(0, 255);
  const lockToken = headers.get(HEADER.lockToken);
  return {
    signal: request.signal,
    ...(caller.author === undefined ? {} : { author: caller.author }),
    ...(session === undefined ? {} : { session }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(lockToken === null ? {} : { lockToken }),
  };
}

/** A key that was cut off might be that of another change, whose answer would be taken for its own. */
function idempotencyKeyOf(key: string | null): string | undefined {
  if (key === null || key.length <= MAX_KEY_LENGTH) return key ?? undefined;
  throw new CovalenceError(
    'request/invalid',
    `An Idempotency-Key has at most ${MAX_KEY_LENGTH} characters, found ${key.length}.`,
    { limit: MAX_KEY_LENGTH },
  );
}

/** Throws `auth/denied` unless whoever asks may do this in a room. */
export function assertMay({ caller }: ChannelRequest, capability: Capability, room: string): void {
  if (caller.grant !== undefined) assertGranted(caller.grant, capability, room);
}
