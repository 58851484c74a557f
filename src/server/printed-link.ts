import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { CovalenceError } from '../protocol/errors.ts';

/** True for addresses that only this machine reaches. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/**
 * The token of a data directory: the one of the last run, so that links and open pages outlive a restart, else a new
 * random one. Readable by the owner only.
 */
export async function tokenOf(dataDirectory: string | undefined): Promise<string> {
  const fresh = randomBytes(18).toString('base64url');
  if (dataDirectory === undefined) return fresh;
  const file = join(dataDirectory, 'token');
  const kept = await readFile(file, 'utf8').catch(() => '');
  if (/^[\w.~-]{16,}$/.test(kept.trim())) return kept.trim();
  try {
    await mkdir(dataDirectory, { recursive: true });
    await writeFile(file, fresh, { mode: 0o600 });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CovalenceError(
      'store/failed',
      `"${dataDirectory}" cannot be the data directory: ${why}. Name another with --data, or keep nothing with --memory.`,
      { directory: dataDirectory },
      { cause },
    );
  }
  return fresh;
}

/** The address people can open when the server listens on every interface: the first of this machine on the network. */
export function reachableHost(host: string): string {
  if (host !== '0.0.0.0' && host !== '::') return host.includes(':') ? `[${host}]` : host;
  for (const addresses of Object.values(networkInterfaces())) {
    for (const address of addresses ?? []) {
      if (address.family === 'IPv4' && !address.internal) return address.address;
    }
  }
  return 'localhost';
}
