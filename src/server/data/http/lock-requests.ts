import { CovalenceError } from '../../../protocol/errors.ts';
import { HEADER } from '../../../protocol/routes.ts';
import type { LockGrant } from '../lock-table.ts';
import { lockCapability } from '../../access/needed-capability.ts';
import { assertMay, commitContext, type RoomRequest } from './channel-context.ts';
import { answer } from './content.ts';
import { assertKnownFields } from './known-names.ts';
import { kindOf, readMap } from './request-body.ts';

/** `GET .../locks` */
export function listLocks({ request, room }: RoomRequest): Response {
  return answer(request, { locks: room.listLocks() });
}

/** `POST .../locks {name, ttl_ms?, message?, holder?}` */
export async function grantLock(call: RoomRequest): Promise<Response> {
  const body = await readMap(call);
  assertKnownFields(body, ['name', 'ttl_ms', 'message', 'holder'], 'A lock');
  const { name, message, holder, ttl_ms: ttlMs } = body;
  if (typeof name !== 'string') throw invalid('name', 'a text', name);
  assertMay(call, lockCapability(name), call.room.name);
  const { session } = commitContext(call);
  const person = call.caller.author ?? text('holder', holder)?.slice(0, 100);
  const grant = await call.room.locks.grant({
    name,
    ...(session === undefined ? {} : { session }),
    ...(person === undefined ? {} : { holder: person }),
    ...(message === undefined || message === null ? {} : { message: text('message', message) }),
    ...(ttlMs === undefined ? {} : { ttlMs: number('ttl_ms', ttlMs) }),
  });
  return answer(call.request, grantToWire(grant), { status: 201 });
}

/** `PUT .../locks/{name} {ttl_ms?}` with the token as `Lock-Token`. */
export async function renewLock(call: RoomRequest, name: string): Promise<Response> {
  const body = await readMap(call);
  assertKnownFields(body, ['ttl_ms'], 'A renewal');
  const { ttl_ms: ttlMs } = body;
  const grant = call.room.locks.renew(name, tokenOf(call), ttlMs === undefined ? undefined : number('ttl_ms', ttlMs));
  return answer(call.request, grantToWire(grant));
}

/** `DELETE .../locks/{name}` with the token as `Lock-Token`. */
export async function releaseLock(call: RoomRequest, name: string): Promise<Response> {
  await call.room.locks.release(name, tokenOf(call));
  return new Response(null, { status: 204 });
}

function grantToWire({ name, token, fence, expiresInMs }: LockGrant): Record<string, unknown> {
  return { name, token, fence, expires_in_ms: expiresInMs };
}

function tokenOf({ request }: RoomRequest): string {
  const token = request.headers.get(HEADER.lockToken);
  if (token !== null) return token;
  throw new CovalenceError('lock/invalid', 'Send the token of the lock as the header "Lock-Token".');
}

function text(field: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw invalid(field, 'a text', value);
}

function number(field: string, value: unknown): number {
  if (typeof value === 'number') return value;
  throw invalid(field, 'a number of milliseconds', value);
}

function invalid(field: string, expected: string, found: unknown): CovalenceError {
  return new CovalenceError('lock/invalid', `"${field}" of a lock is ${expected}, found ${kindOf(found)}.`, { field });
}
