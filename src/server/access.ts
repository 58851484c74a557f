import { timingSafeEqual } from 'node:crypto';
import { CovalenceError } from '../protocol/errors.ts';

const COOKIE = 'covalence_token';

/** Decides who may talk to the server. Without a token everybody may: the server then listens on loopback only. */
export interface Access {
  /** The token of the printed link, if one is needed. */
  readonly token: string | undefined;
  /** Throws `auth/required` or `auth/denied`; called before any room is looked at. */
  check(request: { url: URL; headers: { get(name: string): string | null } }): void;
  /** Header that lets a page opened by the printed link speak for itself from then on. */
  cookieFor(url: URL): string | undefined;
}

/** True when both are the same text; takes the same time whatever differs. */
function isSame(given: string, token: string): boolean {
  const left = Buffer.from(given);
  const right = Buffer.from(token);
  return left.length === right.length && timingSafeEqual(left, right);
}

function tokenIn(request: { url: URL; headers: { get(name: string): string | null } }): string | undefined {
  const inUrl = request.url.searchParams.get('token');
  if (inUrl !== null) return inUrl;
  const bearer = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '');
  if (bearer !== null) return bearer[1];
  const cookie = (request.headers.get('cookie') ?? '').split(/;\s*/).find((part) => part.startsWith(`${COOKIE}=`));
  return cookie?.slice(COOKIE.length + 1);
}

/**
 * Access by one shared token, as Jupyter does: in the link, as `Authorization: Bearer`, or in the cookie that opening
 * the link sets.
 */
export function tokenAccess(token: string | undefined): Access {
  return {
    token,
    check(request) {
      if (token === undefined) return;
      const given = tokenIn(request);
      if (given === undefined) {
        throw new CovalenceError(
          'auth/required',
          'This server asks for the token of its link. Open the whole link that the server printed, with ?token=…, or send it as "Authorization: Bearer <token>".',
        );
      }
      if (!isSame(given, token)) {
        throw new CovalenceError(
          'auth/denied',
          'The token is not the one of this server. Open the link that the server printed last.',
        );
      }
    },
    cookieFor(url) {
      const given = url.searchParams.get('token');
      if (token === undefined || given === null || !isSame(given, token)) return undefined;
      return `${COOKIE}=${token}; Path=/; HttpOnly; SameSite=Lax`;
    },
  };
}
