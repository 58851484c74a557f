import { CovalenceError } from '../../protocol/errors.ts';
import { FULL_GRANT, type Grant } from './grant.ts';

/** Decides who may do what. */
export interface Access {
  /** The token of the printed link, if there is one. */
  readonly linkToken: string | undefined;
  /** True when nobody is asked for anything. */
  readonly isOpen: boolean;
  /**
   * What the bearer of one of these tokens may do; the first is the one that was meant. Rejects with `auth/required`
   * where there is none or it has run out, and with `auth/denied` where it is not one of this server.
   */
  grantOf(tokens: readonly string[]): Promise<Grant>;
}

/** Lets everybody do everything: for a server that only this machine reaches. */
export const openAccess: Access = {
  linkToken: undefined,
  isOpen: true,
  grantOf: async () => FULL_GRANT,
};

/** The refusal of whoever brings no token. */
export function tokenMissing(): CovalenceError {
  return new CovalenceError(
    'auth/required',
    'This server asks for a token. Open the whole link that you were given, with everything after "#", or send the token as "Authorization: Bearer <token>".',
  );
}
