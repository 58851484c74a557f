/** Ways for the replicas of a room to reach each other. */
export type { Transport, TransportStatus, TransportStatusEvent } from './transport.ts';
export { webSocketTransport, type WebSocketTransportOptions } from './websocket.ts';
