import type { FrameChannel } from './frame-channel.ts';
import type { PlatformGet } from './open-answer.ts';

let start: Promise<void> | undefined;
let channel: FrameChannel | undefined;

/**
 * Frames are fetched and hashed by a worker of the page, once there is one: its thread is not the one that draws. Who has
 * put something in the place of the page's `fetch` is asked for frames too.
 */
export const platformGet: PlatformGet | undefined =
  typeof document === 'undefined' || typeof Worker === 'undefined'
    ? undefined
    : async (url, init) => {
        if (!/\[native code\]/.test(String(fetch))) return undefined;
        // Nobody waits for it: what is asked for meanwhile is fetched as ever.
        start ??= startWorker().catch(() => undefined);
        return channel?.get(new URL(url, document.baseURI).href, init);
      };

async function startWorker(): Promise<void> {
  const { startFrameWorker } = await import('./frame-worker-start.ts');
  channel = await startFrameWorker();
}
