import type { CovalenceError, ErrorCode } from '../../protocol/errors.ts';
import { CLOSE } from '../../protocol/messages.ts';

/** The most bytes a close frame has for its reason (RFC 6455, 5.5). */
const MAX_REASON_BYTE_LENGTH = 123;

const CLOSE_OF: Partial<Record<ErrorCode, number>> = {
  'sync/refused': CLOSE.poisoned,
  'sync/too-large': CLOSE.tooLarge,
  'sync/too-slow': CLOSE.tooSlow,
  'auth/denied': CLOSE.denied,
  'auth/origin': CLOSE.denied,
  'auth/required': CLOSE.authRequired,
  'room/not-found': CLOSE.notFound,
  'room/name-invalid': CLOSE.notFound,
  'request/rate': CLOSE.rate,
  'server/behind': CLOSE.tryAgainLater,
  'server/closing': CLOSE.goingAway,
  'store/failed': CLOSE.tryAgainLater,
  'store/full': CLOSE.tryAgainLater,
};

/** The number of the close frame that carries an error. */
export function closeCodeOf({ code }: CovalenceError): number {
  return CLOSE_OF[code] ?? CLOSE.refused;
}

/** The reason of the close frame: the code for programs, then as much of the sentence as fits. */
export function closeReason({ code, message }: CovalenceError): string {
  const text = `${code}: ${message}`;
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_REASON_BYTE_LENGTH) return text;
  // A character that was cut in half decodes to U+FFFD, three bytes where one to three were.
  return bytes
    .subarray(0, MAX_REASON_BYTE_LENGTH - 3)
    .toString()
    .replace(/\uFFFD+$/, '')
    .concat('...');
}
