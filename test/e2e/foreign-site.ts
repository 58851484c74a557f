import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** A web site of somebody else's: pages given as text, everything else a file of a folder. */
export interface ForeignSite {
  readonly port: number;
  /** Pages by their path, `/a.html`. */
  readonly pages: Map<string, string>;
  /** Sent with every answer. */
  headers: Record<string, string>;
  close(): Promise<void>;
}

/** Serves files of `folders`, the first that has one, on a free port of loopback. */
export async function openForeignSite(folders: readonly string[]): Promise<ForeignSite> {
  const pages = new Map<string, string>();
  const site = { pages, headers: {} as Record<string, string> };
  const server = createServer((request, response) => {
    void (async () => {
      const path = normalize(new URL(request.url ?? '/', 'http://site').pathname);
      const page = pages.get(path);
      // Browsers ask for an icon of their own accord.
      let body: Buffer | string | undefined = path === '/favicon.ico' ? '' : page;
      for (const folder of folders) body ??= await readFile(join(folder, path)).catch(() => undefined);
      const type = page === undefined ? (TYPES[extname(path)] ?? 'application/octet-stream') : TYPES['.html'];
      response.writeHead(body === undefined ? 404 : 200, { 'content-type': type, ...site.headers });
      response.end(body);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return Object.assign(site, {
    port: address.port,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  });
}
