import type { CovalenceError } from '../protocol/errors.ts';

/** What an expression selects in the frame shown; `error` where it cannot be read or does not suit the frame. */
export interface ExpressionAnswer {
  readonly atoms: Uint32Array;
  readonly error?: CovalenceError | undefined;
  /** True while parts of the frame that it reads are on their way. */
  readonly isWaiting?: boolean | undefined;
}
