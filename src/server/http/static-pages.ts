import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { Readable } from 'node:stream';
import { compressedFiles, takesGzip } from './compressed-files.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.wasm': 'application/wasm',
  '.xyz': 'chemical/x-xyz',
  '.pdb': 'chemical/x-pdb',
  '.gz': 'application/gzip',
};

/** What gzip makes much smaller. */
const COMPRESSIBLE: readonly string[] = ['.html', '.js', '.css', '.json', '.map', '.svg', '.wasm', '.xyz', '.pdb'];

/** Code and pictures of the pages: the same for everybody, so that any page may load them and no token is asked for. */
function isPageCode(path: string): boolean {
  return /^(?:\/r)?\/(?:assets\/|embed\/|embed\.js$)/.test(path);
}

/** The file below `directory` that a page path means, never one above it. */
function fileOf(directory: string, path: string): string | undefined {
  const room = /^\/r\/[^/]+\/?$/.test(path);
  const inside = room ? '/room.html' : path.replace(/^\/r\//, '/').replace(/^\/$/, '/index.html');
  const file = normalize(join(directory, decodeURIComponent(inside)));
  return file.startsWith(directory + sep) ? file : undefined;
}

/** Answers requests for pages, compressed for who takes it by `Accept-Encoding`; undefined when there is none. */
export type PageServer = (
  path: string,
  method: string,
  acceptEncoding?: string | null,
) => Promise<Response | undefined>;

/**
 * Serves the built pages: `/` is the list of rooms, `/r/<room>` the room's page, everything else a file of `directory`
 * (also below `/r/`, so that the pages' relative addresses hold behind any base path). Undefined when there is none.
 */
export function staticPages(directory: string): PageServer {
  const compressed = compressedFiles();
  return async (path, method, acceptEncoding = null) => {
    if (method !== 'GET' && method !== 'HEAD') return undefined;
    let file: string | undefined;
    try {
      file = fileOf(directory, path);
    } catch {
      return undefined; // an address that cannot be decoded names no file
    }
    if (file === undefined) return undefined;
    const found = await stat(file).catch(() => undefined);
    if (found === undefined || !found.isFile()) return undefined;
    const isNamedByHash = /-[A-Za-z0-9_-]{8,}\.[a-z]+$/.test(file);
    const isCompressible = COMPRESSIBLE.includes(extname(file));
    const short = isCompressible && takesGzip(acceptEncoding) ? await compressed.get(file, found) : undefined;
    return new Response(short ?? (Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>), {
      headers: {
        'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
        'content-length': String(short?.byteLength ?? found.size),
        ...(short === undefined ? {} : { 'content-encoding': 'gzip' }),
        ...(isCompressible ? { vary: 'accept-encoding' } : {}),
        'cache-control': isNamedByHash ? 'public, max-age=31536000, immutable' : 'no-cache',
        'x-content-type-options': 'nosniff',
        // A link that somebody follows from here must not tell the address of the room.
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'cross-origin',
        // Modules are loaded with CORS wherever they are embedded.
        ...(isPageCode(path) ? { 'access-control-allow-origin': '*' } : {}),
      },
    });
  };
}
