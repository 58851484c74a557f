import { CovalenceError } from 'covalence';
import { authorization, serverBase } from './server-address.ts';

/** What a request may say besides its address. */
export interface Asking {
  method?: 'DELETE' | 'PATCH' | 'POST';
  /** Sent as JSON. */
  body?: object;
  signal?: AbortSignal;
}

/** What the server said against a request, in its words. */
export async function refusalOf(response: Response): Promise<CovalenceError> {
  const body: unknown = await response.json().catch(() => undefined);
  if (typeof body === 'object' && body !== null && 'code' in body && 'detail' in body) {
    const { code, detail } = body as { code: CovalenceError['code']; detail: string };
    return new CovalenceError(code, detail);
  }
  return new CovalenceError('server/failed', `The server answered ${response.status} without saying why.`);
}

/** The answer of the server's data channel to a request below `/v1/rooms`. Rejects with its refusal. */
export async function askServer(path: string, { method, body, signal }: Asking = {}): Promise<Response> {
  const response = await fetch(`${serverBase()}/v1/rooms${path}`, {
    method: method ?? 'GET',
    headers: {
      accept: 'application/json',
      ...authorization(),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((cause: unknown) => {
    if (signal?.aborted === true) throw cause;
    throw new CovalenceError('server/unreachable', 'The server does not answer.', {}, { cause });
  });
  if (!response.ok) throw await refusalOf(response);
  return response;
}
