/** The server this page came from: `https://host/base` for `https://host/base/r/argon` and for `https://host/base/`. */
export function serverBase(): string {
  const path = location.pathname.replace(/\/r\/[^/]*\/?$/, '').replace(/\/(index\.html)?$/, '');
  return location.origin + path;
}

const STORAGE_KEY = `covalence.token ${location.pathname}`;
let token: string | undefined;

/**
 * The access token this page was opened with, which everything it asks for needs too. It is taken out of the address as
 * soon as it is read, so that neither history nor somebody looking over a shoulder has it, and kept for this tab.
 */
export function accessToken(): string | undefined {
  const query = new URLSearchParams(location.search);
  const fragment = new URLSearchParams(location.hash.slice(1));
  const found = fragment.get('token') ?? query.get('token');
  if (found !== null) {
    token = found;
    keep(found);
    query.delete('token');
    fragment.delete('token');
    const rest = (sign: string, text: string): string => (text === '' ? '' : sign + text.replaceAll('%2C', ','));
    const address = location.pathname + rest('?', query.toString()) + rest('#', fragment.toString());
    history.replaceState(history.state, '', address);
  }
  token ??= kept();
  return token;
}

/** The header that speaks for this page; empty where no token is needed. */
export function authorization(): Record<string, string> {
  const given = accessToken();
  return given === undefined ? {} : { authorization: `Bearer ${given}` };
}

/** The address of a page of the server with the token this page was opened with, and what else is after "#". */
export function withToken(url: string, fragment = ''): string {
  const given = accessToken();
  const parts = [given === undefined ? '' : `token=${encodeURIComponent(given)}`, fragment].filter(
    (part) => part !== '',
  );
  return parts.length === 0 ? url : `${url}#${parts.join('&')}`;
}

// A page that may store nothing asks for the link again after a reload, unless its cookie speaks for it.
function keep(text: string): void {
  try {
    sessionStorage.setItem(STORAGE_KEY, text);
  } catch {
    // Forbidden by the browser's settings.
  }
}

function kept(): string | undefined {
  try {
    return sessionStorage.getItem(STORAGE_KEY) ?? undefined;
  } catch {
    return undefined;
  }
}
