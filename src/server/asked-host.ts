import { CovalenceError } from '../protocol/errors.ts';
import { isLoopback } from './printed-link.ts';

/**
 * Throws `auth/origin` when an open server of this machine is asked for under another name: a page may give its own name
 * this machine's address and would then count as being of the same origin. Names in `allowOrigins` are fine.
 */
export function assertAskedOnLoopback(asked: string | undefined, allowOrigins: readonly string[]): void {
  if (asked === undefined) return;
  const url = URL.canParse(`http://${asked}`) ? new URL(`http://${asked}`) : undefined;
  if (url !== undefined && isLoopback(url.hostname.replace(/^\[|\]$/g, ''))) return;
  if (allowOrigins.some((origin) => URL.canParse(origin) && new URL(origin).host === url?.host)) return;
  throw new CovalenceError(
    'auth/origin',
    `This server is open to this machine only and was asked for as "${asked.slice(0, 100)}". Use the printed link, or start it with --host and a token, or with --allow-origin http://${asked.slice(0, 100)}.`,
    { host: asked.slice(0, 100) },
  );
}
