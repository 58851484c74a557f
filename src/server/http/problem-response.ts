import { asCovalenceError } from '../../protocol/errors.ts';
import { CONTENT_TYPE } from '../../protocol/routes.ts';

/** A refusal as `application/problem+json`; an error that is not ours becomes `server/failed`. */
export function problemResponse(error: unknown, headers: Record<string, string> = {}): Response {
  const { status, ...problem } = asCovalenceError(error).toProblem();
  return new Response(JSON.stringify({ ...problem, status }), {
    status,
    headers: { 'content-type': CONTENT_TYPE.problem, 'cache-control': 'no-store', ...headers },
  });
}
