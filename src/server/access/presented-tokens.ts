import { TOKEN_PROTOCOL_PREFIX } from '../../protocol/messages.ts';

/** What tokens are looked for in: of a web-standard request or of an upgrade. */
export interface TokenBearer {
  url: URL;
  headers: { get(name: string): string | null };
}

const COOKIE = 'covalence_token';

/** Name of the cookie with the token for one room, or for all. */
function cookieName(room: string | undefined): string {
  return room === undefined ? COOKIE : `${COOKIE}.${room}`;
}

/** The tokens that a request says in so many words: header, subprotocol, parameter of the address. */
export function explicitTokens({ url, headers }: TokenBearer): string[] {
  const found: string[] = [];
  const bearer = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '');
  if (bearer !== null) found.push(bearer[1]);
  for (const protocol of (headers.get('sec-websocket-protocol') ?? '').split(/\s*,\s*/)) {
    if (protocol.startsWith(TOKEN_PROTOCOL_PREFIX)) found.push(protocol.slice(TOKEN_PROTOCOL_PREFIX.length));
  }
  const inUrl = url.searchParams.get('token');
  if (inUrl !== null) found.push(inUrl);
  return found;
}

/**
 * The tokens of a request. What is said in so many words counts alone: a wrong token must not be mended by a cookie of
 * another visit. Of the cookies that of the room comes first.
 */
export function presentedTokens(bearer: TokenBearer, room: string | undefined): string[] {
  const found = explicitTokens(bearer);
  if (found.length > 0) return found;
  const cookies = new Map<string, string>();
  for (const part of (bearer.headers.get('cookie') ?? '').split(/;\s*/)) {
    const cut = part.indexOf('=');
    if (cut > 0) cookies.set(part.slice(0, cut), part.slice(cut + 1));
  }
  const names = room === undefined ? [cookieName(undefined)] : [cookieName(room), cookieName(undefined)];
  return names.map((name) => cookies.get(name)).filter((token) => token !== undefined);
}

/**
 * The cookie that keeps a page of this server signed in over a reload, for a token that was accepted; undefined for
 * programs and for pages of other sites.
 */
export function cookieFor(
  bearer: TokenBearer,
  room: string | undefined,
  { basePath, isSecure }: { basePath: string; isSecure: boolean },
): string | undefined {
  const [token] = explicitTokens(bearer);
  const isOwnPage = bearer.headers.get('sec-fetch-site') === 'same-origin';
  if (token === undefined || !/^[\w.~-]+$/.test(token) || !(isOwnPage || bearer.url.searchParams.has('token')))
    return undefined;
  const secure = isSecure ? '; Secure' : '';
  return `${cookieName(room)}=${token}; Path=${basePath}/; HttpOnly; SameSite=Lax${secure}`;
}
