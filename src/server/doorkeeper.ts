import { CovalenceError } from '../protocol/errors.ts';
import { type Access, tokenMissing } from './access/access.ts';
import { FULL_GRANT, type Grant } from './access/grant.ts';
import { presentedTokens, type TokenBearer } from './access/presented-tokens.ts';
import { assertAllowedOrigin } from './allowed-origin.ts';
import { assertAskedOnLoopback } from './asked-host.ts';
import type { OuterRequest } from './http/outer-request.ts';

/** Somebody at the door. */
export interface Visit extends TokenBearer {
  outer: OuterRequest;
  /** It may change something, or is a WebSocket: pages of other origins may not. */
  isActing: boolean;
}

/** What a doorkeeper is told. */
export interface DoorkeeperOptions {
  access: Access;
  /** Tokens asked of those who come through a proxy to a server that is otherwise open; refused when undefined. */
  proxyAccess: Access | undefined;
  /** The server is meant for this machine only. */
  isForThisMachine: boolean;
  allowOrigins: readonly string[];
  /** Called when somebody came through a proxy to a server of this machine, the first time. */
  onProxied: () => void;
}

/** Decides who comes in, before anything of the server is looked at. */
export interface Doorkeeper {
  /** Throws `auth/origin` for names and pages that may not ask. Needs no token. */
  checkOrigin(visit: Visit): void;
  /** What the visitor may do. Rejects with `auth/required` or `auth/denied`. */
  grantOf(visit: Visit, room: string | undefined): Promise<Grant>;
}

/** Makes a doorkeeper. */
export function doorkeeper(options: DoorkeeperOptions): Doorkeeper {
  const { access, proxyAccess, isForThisMachine, allowOrigins, onProxied } = options;
  let isProxySeen = false;
  return {
    checkOrigin({ outer, headers, isActing }) {
      if (isForThisMachine && !outer.isProxied) assertAskedOnLoopback(outer.host, allowOrigins);
      if (!isActing) return;
      assertAllowedOrigin({ origin: headers.get('origin') ?? undefined, host: outer.host, allowOrigins });
    },
    async grantOf(visit, room) {
      if (!access.isOpen) return access.grantOf(presentedTokens(visit, room));
      if (!isForThisMachine || !visit.outer.isProxied) return FULL_GRANT;
      // Everybody on the network may be behind a proxy, although this server listens on this machine only.
      if (!isProxySeen) onProxied();
      isProxySeen = true;
      if (proxyAccess !== undefined) return proxyAccess.grantOf(presentedTokens(visit, room));
      throw proxied(tokenMissing());
    },
  };
}

function proxied(error: CovalenceError): CovalenceError {
  return new CovalenceError(
    error.code,
    'This server is open to its own machine only, and you came through a proxy. Start it with --trust-proxy, which prints a link with a token.',
  );
}
