import { createDecoder, readVarString, readVarUint } from 'lib0/decoding';
import { createEncoder, toUint8Array, writeVarString, writeVarUint } from 'lib0/encoding';
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness';
import type { Doc } from 'yjs';
import { CovalenceError } from '../../protocol/errors.ts';
import { LIMITS } from '../../protocol/limits.ts';

/** Who is here, as connections tell it; nobody speaks for somebody else. */
export interface RoomAwareness {
  readonly awareness: Awareness;
  /** Takes in the states that `owned` may speak for; others are ignored silently, as stock clients re-send them. */
  take(update: Uint8Array, owned: Set<number>, connection: object): void;
  /** Takes away the people of a connection that closed. */
  leave(owned: ReadonlySet<number>): void;
  /** Everybody, as one update; undefined when nobody is here. */
  everybody(): Uint8Array | undefined;
}

/** The awareness of a room over its document; the server itself is nobody. */
export function roomAwareness(doc: Doc): RoomAwareness {
  const awareness = new Awareness(doc);
  awareness.setLocalState(null);
  const owners = new Map<number, object>();

  /** The part of an update that this connection may say. */
  const ownPart = (update: Uint8Array, owned: Set<number>, connection: object): Uint8Array | undefined => {
    const decoder = createDecoder(update);
    const encoder = createEncoder();
    const count = readVarUint(decoder);
    let kept = 0;
    for (let at = 0; at < count; at += 1) {
      const clientId = readVarUint(decoder);
      const clock = readVarUint(decoder);
      const state = readVarString(decoder);
      if (state.length > LIMITS.awarenessByteLength) {
        throw new CovalenceError(
          'sync/refused',
          `The state of a person takes ${state.length} characters, at most ${LIMITS.awarenessByteLength} are allowed.`,
        );
      }
      const owner = owners.get(clientId);
      if (owner !== undefined && owner !== connection) continue;
      JSON.parse(state); // what is no JSON must not reach anybody
      // A connection has one person, but a client that reconnects at once or renews its id may have a second.
      if (owner === undefined && owned.size >= 8) continue;
      owners.set(clientId, connection);
      owned.add(clientId);
      writeVarUint(encoder, clientId);
      writeVarUint(encoder, clock);
      writeVarString(encoder, state);
      kept += 1;
    }
    if (kept === 0) return undefined;
    const head = createEncoder();
    writeVarUint(head, kept);
    const body = toUint8Array(encoder);
    const start = toUint8Array(head);
    const own = new Uint8Array(start.length + body.length);
    own.set(start);
    own.set(body, start.length);
    return own;
  };

  return {
    awareness,
    take(update, owned, connection) {
      const own = ownPart(update, owned, connection);
      if (own !== undefined) applyAwarenessUpdate(awareness, own, connection);
    },
    leave(owned) {
      for (const clientId of owned) owners.delete(clientId);
      removeAwarenessStates(awareness, [...owned], 'left');
    },
    everybody() {
      const ids = [...awareness.getStates().keys()];
      return ids.length === 0 ? undefined : encodeAwarenessUpdate(awareness, ids);
    },
  };
}
