import type { LockRecord } from '../protocol/ledger.ts';
import { CONTENT_TYPE, HEADER, routes } from '../protocol/routes.ts';
import { isCount, isRecord } from './frame-codec.ts';
import type { FrameLocker, LockGrant } from './frame-locker.ts';
import { type HttpClient, unexpected } from './http-client.ts';

/** The locking half of `httpProvider`. */
export function httpLocker(client: HttpClient, room: string, server: string): FrameLocker {
  const ask = async (
    method: string,
    path: string,
    body: Record<string, unknown>,
    how: { token?: string; signal?: AbortSignal | undefined },
  ): Promise<LockGrant> => {
    const { value } = await client.value({
      method,
      path,
      accept: CONTENT_TYPE.json,
      headers: { 'content-type': CONTENT_TYPE.json, [HEADER.lockToken]: how.token },
      body: new TextEncoder().encode(JSON.stringify(body)),
      signal: how.signal,
    });
    const grant = grantOf(value);
    if (grant === undefined) throw unexpected('its answer to a lock names no token and fence', server);
    return grant;
  };
  return {
    grantLock: async (name, { message, holder, ttlMs, signal } = {}) =>
      ask('POST', routes.locks(room), { name, message, holder, ttl_ms: ttlMs }, { signal }),
    renewLock: async (name, token, { ttlMs, signal } = {}) =>
      ask('PUT', routes.lock(room, name), { ttl_ms: ttlMs }, { token, signal }),
    async releaseLock(name, token) {
      await client.send({ method: 'DELETE', path: routes.lock(room, name), headers: { [HEADER.lockToken]: token } });
    },
    async listLocks({ signal } = {}) {
      const { value } = await client.value({ path: routes.locks(room), accept: CONTENT_TYPE.json, signal });
      if (isRecord(value) && Array.isArray(value['locks'])) return value['locks'] as LockRecord[];
      throw unexpected('its table of locks is no list', server);
    },
  };
}

function grantOf(value: unknown): LockGrant | undefined {
  if (!isRecord(value)) return undefined;
  const { name, token, fence, expires_in_ms: expiresInMs } = value;
  if (typeof name !== 'string' || typeof token !== 'string' || !isCount(fence)) return undefined;
  return typeof expiresInMs === 'number' ? { name, token, fence, expiresInMs } : undefined;
}
