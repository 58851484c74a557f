/** The WebSocket of this platform: the browser's. */
export const PlatformWebSocket: typeof globalThis.WebSocket = globalThis.WebSocket;
