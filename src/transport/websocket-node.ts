import { WebSocket as NodeWebSocket } from 'ws';

/** The WebSocket of this platform: `ws`, since Node 20 has none. */
export const PlatformWebSocket: typeof globalThis.WebSocket = NodeWebSocket as unknown as typeof globalThis.WebSocket;
