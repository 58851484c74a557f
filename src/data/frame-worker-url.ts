/** Where the built worker lies; bundlers of ours put the address of theirs here. */
export const frameWorkerUrl: string = new URL('./frame-worker.js', import.meta.url).href;
