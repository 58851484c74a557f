import type { TokenSource } from '../protocol/token-source.ts';

/** A token, or a function that is asked for one: at first, and whenever the server says that the last has run out. */
export type TokenOption = string | (() => string | undefined | Promise<string | undefined>);

/** Makes the source of a room's tokens. A function is called once before this resolves; what it throws is thrown. */
export async function tokenSource(option: TokenOption | undefined): Promise<TokenSource> {
  let token = typeof option === 'function' ? await option() : option;
  let renewing: Promise<boolean> | undefined;
  return {
    current: () => token,
    renew(refused) {
      if (typeof option !== 'function') return Promise.resolve(false);
      if (token !== undefined && token !== refused) return Promise.resolve(true);
      renewing ??= (async () => {
        try {
          const next = await option();
          const isNew = next !== undefined && next !== token;
          if (isNew) token = next;
          return isNew;
        } catch {
          // Whoever could have made a new token could not: the refusal of the old one is what counts.
          return false;
        } finally {
          renewing = undefined;
        }
      })();
      return renewing;
    },
  };
}
