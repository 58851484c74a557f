import { CovalenceError, ERROR_STATUS, type ErrorCode } from '../protocol/errors.ts';
import { CLOSE } from '../protocol/messages.ts';
import { newNameIn } from '../protocol/room-renamed.ts';

const CODE_OF: Readonly<Record<number, ErrorCode>> = {
  [CLOSE.goingAway]: 'server/closing',
  [CLOSE.tryAgainLater]: 'server/behind',
  [CLOSE.refused]: 'request/invalid',
  [CLOSE.authRequired]: 'auth/required',
  [CLOSE.denied]: 'auth/denied',
  [CLOSE.notFound]: 'room/not-found',
  [CLOSE.tooLarge]: 'sync/too-large',
  [CLOSE.poisoned]: 'sync/refused',
  [CLOSE.tooSlow]: 'sync/too-slow',
  [CLOSE.rate]: 'request/rate',
};

/** The most a WebSocket message may hold was exceeded (RFC 6455). */
const MESSAGE_TOO_BIG = 1009;

/** True when nobody is to try again by itself: the server decided. */
export function isFinalClose(closeCode: number): boolean {
  return (closeCode >= 4400 && closeCode < 4500) || closeCode === MESSAGE_TOO_BIG;
}

/** The error that a close frame carries: its reason begins with a code, followed by a sentence. */
export function closeError(closeCode: number, reason: string): CovalenceError {
  const [, code, text] = /^([a-z]+\/[a-z-]+): (.*)$/s.exec(reason) ?? [undefined, '', reason];
  if (Object.hasOwn(ERROR_STATUS, code)) {
    const name = code === 'room/not-found' ? newNameIn(text) : undefined;
    return new CovalenceError(code as ErrorCode, text, { closeCode, ...(name && { renamed_to: name }) });
  }
  if (closeCode === MESSAGE_TOO_BIG) {
    return new CovalenceError('sync/too-large', 'The changes made here are too large for the server to take.', {
      closeCode,
    });
  }
  const known = CODE_OF[closeCode];
  if (known === undefined) {
    return new CovalenceError('server/unreachable', 'The connection was lost; trying again.', { closeCode });
  }
  return new CovalenceError(known, reason === '' ? 'The server ended the connection.' : reason, { closeCode });
}
