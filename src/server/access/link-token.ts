import { timingSafeEqual } from 'node:crypto';
import { CovalenceError } from '../../protocol/errors.ts';
import { type Access, tokenMissing } from './access.ts';
import { FULL_GRANT } from './grant.ts';

/** True when both are the same text; takes the same time whatever differs. */
function isSame(given: string, token: string): boolean {
  const left = Buffer.from(given);
  const right = Buffer.from(token);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Access by the one token of the printed link, as Jupyter does: whoever has it may do everything. */
export function linkTokenAccess(token: string): Access {
  return {
    linkToken: token,
    isOpen: false,
    async grantOf(tokens) {
      if (tokens.some((given) => isSame(given, token))) return FULL_GRANT;
      if (tokens.length === 0) throw tokenMissing();
      throw new CovalenceError(
        'auth/denied',
        'The token is not the one of this server. Open the link that the server printed last.',
      );
    },
  };
}
