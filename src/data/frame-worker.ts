import type { FrameWorkerPort } from './frame-worker-messages.ts';
import { serveFrames } from './frame-worker-server.ts';

// What a worker runs; nobody imports it.
serveFrames(globalThis as unknown as FrameWorkerPort);
