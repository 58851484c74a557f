/** The server this page came from: `https://host/base` for `https://host/base/r/argon` and for `https://host/base/`. */
export function serverBase(): string {
  const path = location.pathname.replace(/\/r\/[^/]*\/?$/, '').replace(/\/(index\.html)?$/, '');
  return location.origin + path;
}

/** The access token of the page's own address, which everything it asks for needs too. */
export function accessToken(): string | undefined {
  return new URLSearchParams(location.search).get('token') ?? undefined;
}

/** A page or file of the server with the token this page was opened with. */
export function withToken(url: string): string {
  const token = accessToken();
  if (token === undefined) return url;
  return `${url}${url.includes('?') ? '&' : '?'}token=${encodeURIComponent(token)}`;
}
