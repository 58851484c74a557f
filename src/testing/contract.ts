import { type CovalenceError, type ErrorCode, isCovalenceError } from '../protocol/errors.ts';

/** One observable promise of an interface; runs without a test framework and throws when it is broken. */
export interface ContractCase {
  title: string;
  run(): Promise<void>;
}

/** Throws with `message` unless `condition` holds. */
export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Throws unless both print alike as JSON. */
export function checkEqual(found: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  check(a === b, `${what}: expected ${b}, found ${a}`);
}

/** Throws unless `task` rejects with an error of this code. */
export async function checkRefused(task: Promise<unknown>, code: ErrorCode, what: string): Promise<CovalenceError> {
  const outcome: unknown = await task.then(
    () => 'success',
    (error: unknown) => error,
  );
  if (isCovalenceError(outcome, code)) return outcome;
  const found = outcome instanceof Error ? `${outcome.name} ${outcome.message}` : String(outcome);
  throw new Error(`${what}: expected ${code}, found ${found}`, { cause: outcome });
}
