import type { Capability } from '../../protocol/capabilities.ts';
import { isReading } from '../http/asked-room.ts';

/** What a request needs: a capability, and the room it is needed in; `undefined` where the request names no one room. */
export interface Need {
  capability: Capability;
  room: string | undefined;
}

/**
 * What a request to the data channel needs. `path` are the decoded segments after `/v1/rooms`. Whatever is not named
 * here needs `read` to look and `write` to change, also routes that do not exist yet. What only the body tells (the name
 * of a new room, of a lock) is checked where the body is read.
 */
export function neededCapability(method: string, [room, collection, member]: readonly string[]): Need {
  const reads = isReading(method);
  if (room === undefined) return { capability: reads ? 'read' : 'create', room };
  if (reads) return { capability: 'read', room };
  if (collection === undefined) return { capability: 'admin', room };
  if (collection === 'locks') return { capability: lockCapability(member), room };
  return { capability: 'write', room };
}

/** What holding a lock needs; a new lock is named by the body, so that the request itself needs no more than either. */
export function lockCapability(name: string | undefined): Capability {
  if (name === undefined) return 'read';
  return name === 'presenter' ? 'present' : 'write';
}
