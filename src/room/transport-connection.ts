import { isCovalenceError } from '../protocol/errors.ts';
import type { Transport, TransportStatusEvent } from '../transport/transport.ts';
import type { RoomConnection } from './assemble-room.ts';
import type { RoomStatus, RoomStatusEvent } from './room.ts';

/** Reads a transport's status as a room's: knows whether being online is a return. */
export function transportConnection(transport: Transport): RoomConnection {
  const listeners = new Set<(event: RoomStatusEvent) => void>();
  let wasOnline = transport.status === 'online';
  const read = ({ status, error }: TransportStatusEvent): RoomStatusEvent => {
    const isReconnect = status === 'online' && wasOnline;
    wasOnline ||= status === 'online';
    return { status, isReconnect, ...(error === undefined ? {} : { error }) };
  };
  let isGone = false;
  transport.onStatus((event) => {
    isGone = event.status === 'denied' && isCovalenceError(event.error, 'room/not-found');
    const told = read(event);
    for (const listener of listeners) listener(told);
  });
  return {
    get status(): RoomStatus {
      return transport.status;
    },
    can: (capability) => !isGone && (transport.session?.capabilities.includes(capability) ?? true),
    onStatus(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
