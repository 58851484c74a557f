import { CAPABILITIES, type Capability } from '../../protocol/capabilities.ts';
import { CovalenceError } from '../../protocol/errors.ts';

/** What somebody may do, once it is known who asks. */
export interface Grant {
  capabilities: ReadonlySet<Capability>;
  /** The only room this is for; undefined means all. */
  room?: string | undefined;
  /** What the person is called, by whoever made the token. */
  name?: string | undefined;
  /** Who the person is, across browsers; histories of the shared document belong to it. */
  subject?: string | undefined;
  /** When it ends, in milliseconds since 1970; never when undefined. */
  expiresMs?: number | undefined;
}

/** Everything in all rooms, for ever: what an open server and the printed link give. */
export const FULL_GRANT: Grant = { capabilities: new Set(CAPABILITIES) };

/** True when this allows something in a room. */
export function isGranted({ capabilities, room: only }: Grant, capability: Capability, room: string): boolean {
  return (only === undefined || only === room) && capabilities.has(capability);
}

/** Throws `auth/denied`, naming what is missing, unless this allows something in a room. */
export function assertGranted(grant: Grant, capability: Capability, room: string): void {
  if (isGranted(grant, capability, room)) return;
  if (grant.room !== undefined && grant.room !== room) {
    throw new CovalenceError('auth/denied', `This link is for the room "${grant.room}", not for "${room}".`, {
      room,
      capability,
    });
  }
  const list = [...grant.capabilities].join(', ');
  throw new CovalenceError(
    'auth/denied',
    `This needs the capability "${capability}"; this link has ${list === '' ? 'none' : `"${list}"`}. Ask whoever runs the server for another link.`,
    { room, capability },
  );
}
