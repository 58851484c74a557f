import type { CovalenceError } from '../../protocol/errors.ts';

const STYLE = `
:root { color-scheme: light dark; font: 400 15px/24px Inter, ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif;
  color: light-dark(#191c22, #eceef2); background: light-dark(#f3f4f6, #0f1114); }
body { margin: 0; min-height: 100vh; min-height: 100dvh; display: grid; place-content: center; justify-items: start; gap: 8px;
  box-sizing: border-box; padding: 24px; max-width: 560px; margin-inline: auto; }
h1 { margin: 0; font-size: 20px; line-height: 28px; font-weight: 600; }
p { margin: 0; overflow-wrap: anywhere; }
small { font-size: 13px; color: light-dark(#5b6270, #a0a7b4); }
a { margin-top: 12px; padding: 4px 14px; border-radius: 8px; text-decoration: none; font-weight: 500;
  background: light-dark(#4350d6, #98a2ff); color: light-dark(#ffffff, #12142b); }
a:focus-visible { outline: 2px solid light-dark(#4350d6, #98a2ff); outline-offset: 2px; }
`;

const TITLES: Readonly<Record<number, string>> = {
  401: 'This needs a link with access',
  403: 'This link may not do that',
  404: 'Nothing is here',
  405: 'This address is only for reading',
  429: 'Too many requests',
  503: 'Not available just now',
};

/** Text as HTML that says exactly it. */
function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/**
 * A refusal for somebody who looks at it: what was asked and found, its code, and the way to `home`, the address of the
 * list of rooms. A page of its own that loads and runs nothing, with the status of the refusal.
 */
export function refusalPage(error: CovalenceError, home: string, headers: Record<string, string> = {}): Response {
  const title = TITLES[error.status] ?? (error.status >= 500 ? 'The server failed' : 'This was refused');
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Covalence</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${title}</h1>
<p>${escaped(error.message)}</p>
<small>${error.status} ${escaped(error.code)}</small>
<a href="${escaped(home)}">All rooms</a>
</body>
</html>
`;
  return new Response(html, {
    status: error.status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
  });
}
