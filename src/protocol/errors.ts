/**
 * Every refusal and failure of Covalence is one of these codes; `docs/errors.md` has a heading for each.
 * The number is the HTTP status that carries the code, also where it travels in a close frame or a thrown error.
 */
export const ERROR_STATUS = {
  'key/invalid': 400,
  'key/missing': 404,
  'key/read-only': 403,
  'value/invalid': 422,
  'value/too-large': 413,
  'select/invalid': 422,
  'ref/missing': 404,
  'draft/closed': 409,
  'room/not-found': 404,
  'room/name-invalid': 400,
  'room/exists': 409,
  'room/closed': 409,
  'frame/not-found': 404,
  'frame/conflict': 409,
  'frame/base-required': 428,
  'frame/range-invalid': 400,
  'frame/shape-invalid': 422,
  'frame/not-finite': 422,
  'frame/key-unknown': 404,
  'frame/source-changed': 409,
  'frame/corrupt': 502,
  'frame/digest-mismatch': 400,
  'frame/read-only': 403,
  'undo/conflict': 409,
  'undo/nothing': 409,
  'lock/held': 423,
  'lock/lost': 423,
  'lock/invalid': 422,
  'lock/required': 423,
  'request/invalid': 400,
  'request/not-found': 404,
  'request/method': 405,
  'request/not-acceptable': 406,
  'request/unsupported-type': 415,
  'request/too-large': 413,
  'request/rate': 429,
  'request/timeout': 408,
  'request/headers': 431,
  'request/range': 416,
  'auth/required': 401,
  'auth/denied': 403,
  'auth/origin': 403,
  'sync/refused': 400,
  'sync/too-slow': 503,
  'sync/too-large': 413,
  'store/failed': 503,
  'store/full': 507,
  'store/in-use': 409,
  'server/behind': 503,
  'server/closing': 503,
  'server/failed': 500,
  'server/unreachable': 503,
  'file/not-found': 404,
  'file/unknown-format': 415,
  'file/damaged': 422,
  'file/empty': 422,
  'file/changed': 409,
  'file/unwritable': 422,
  'file/mismatch': 422,
  'render/unknown': 422,
  'render/unavailable': 500,
  'element/no-room': 404,
  'command/invalid': 400,
  'protocol/version': 400,
} as const;

/** One of the closed list of error codes. */
export type ErrorCode = keyof typeof ERROR_STATUS;

/** Facts that travel with an error: versions, hashes, names, limits. JSON values only. */
export type ErrorFields = Record<string, unknown>;

/** The body of a refusal, `application/problem+json` (RFC 9457), with our `code` and fields beside the standard members. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  [field: string]: unknown;
}

/**
 * The one error class of Covalence. `code` is for programs, `message` for people: what was asked, what was found, what
 * to do. `fields` carries the facts; `cause` the error underneath, which never crosses the wire.
 */
export class CovalenceError extends Error {
  readonly code: ErrorCode;
  readonly fields: ErrorFields;

  constructor(code: ErrorCode, message: string, fields: ErrorFields = {}, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'CovalenceError';
    this.code = code;
    this.fields = fields;
  }

  /** HTTP status of the code. */
  get status(): number {
    return ERROR_STATUS[this.code];
  }

  /** The wire form of this error. */
  toProblem(): Problem {
    return {
      ...this.fields,
      type: `urn:covalence:errors#${this.code.replace('/', '')}`,
      title: this.code,
      status: this.status,
      code: this.code,
      detail: this.message,
    };
  }
}

/** True when `error` is ours and, if codes are given, has one of them. Works across two copies of the package. */
export function isCovalenceError(error: unknown, ...codes: ErrorCode[]): error is CovalenceError {
  if (!(error instanceof Error) || error.name !== 'CovalenceError') return false;
  return codes.length === 0 || codes.includes((error as CovalenceError).code);
}

/** Reads a refusal back into an error; an unknown body becomes `server/failed` with the given status in its fields. */
export function errorFromProblem(body: unknown, status: number): CovalenceError {
  if (typeof body === 'object' && body !== null && 'code' in body && 'detail' in body) {
    const { type: _type, title: _title, status: _status, code, detail, ...fields } = body as Problem;
    if (typeof detail === 'string' && Object.hasOwn(ERROR_STATUS, code))
      return new CovalenceError(code, detail, fields);
  }
  return new CovalenceError('server/failed', `The server answered ${status} without saying why.`, { status });
}

/** How browsers say that a piece of a page's code could not be fetched, which is a TypeError like any other. */
const MISSING_PART = /dynamically imported module|Importing a module script failed/i;

/**
 * Any thrown value as one of ours: ours stay as they are, others become `fallback` with the original as cause. A piece
 * of code that did not arrive is `server/unreachable`, whatever the fallback.
 */
export function asCovalenceError(error: unknown, fallback: ErrorCode = 'server/failed'): CovalenceError {
  if (isCovalenceError(error)) return error;
  const text = error instanceof Error ? error.message : String(error);
  const [code, said] =
    error instanceof TypeError && MISSING_PART.test(text)
      ? (['server/unreachable', 'A part of this page did not arrive. Try again, or load the page again.'] as const)
      : [fallback, text];
  return new CovalenceError(code, said, {}, { cause: error });
}

/** For `catch` of promises: whatever was thrown goes on as {@link asCovalenceError}. */
export function throwOurs(error: unknown): never {
  throw asCovalenceError(error);
}
