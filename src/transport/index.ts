/** Ways for the replicas of a room to reach each other. */
export type { Transport, TransportStatus, TransportStatusEvent } from './transport.ts';
export { broadcastTransport, type BroadcastTransportOptions } from './broadcast.ts';
export { memoryTransport, type MemoryTransportOptions } from './memory.ts';
export { memoryLink, type MemoryLink, type MessageOnTheWay } from './memory-link.ts';
export { webSocketTransport, type WebSocketTransportOptions } from './websocket.ts';
