import { frameWorkerUrl } from '#frame-worker';
import { systemClock } from '../protocol/clock.ts';
import { type FrameChannel, frameChannel } from './frame-channel.ts';

/** The line to a worker of its own once the worker listens; undefined where the page may have none. */
export async function startFrameWorker(): Promise<FrameChannel | undefined> {
  const worker = workerAt(frameWorkerUrl);
  const isReady = await new Promise<boolean>((resolve) => {
    worker.addEventListener('message', () => resolve(true), { once: true });
    worker.addEventListener('error', () => resolve(false), { once: true });
  });
  if (!isReady) return undefined;
  const channel = frameChannel(worker, systemClock, () => worker.terminate());
  for (const type of ['error', 'messageerror']) worker.addEventListener(type, () => channel.lose());
  return channel;
}

/** Workers are of the page's own origin, their modules need not be. Throws where a policy forbids it. */
function workerAt(url: string): Worker {
  const options = { type: 'module', name: 'covalence-frames' } as const;
  if (new URL(url).origin === location.origin) return new Worker(url, options);
  const code = new Blob([`import ${JSON.stringify(url)};`], { type: 'text/javascript' });
  return new Worker(URL.createObjectURL(code), options);
}
