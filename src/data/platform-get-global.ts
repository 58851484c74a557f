import type { PlatformGet } from './open-answer.ts';

/** Browsers have nothing quicker than `fetch`. */
export const platformGet: PlatformGet | undefined = undefined;
