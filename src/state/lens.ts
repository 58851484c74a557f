import { CovalenceError, asCovalenceError } from '../protocol/errors.ts';
import { freezeValue, isRecord } from '../protocol/values.ts';
import type { StateValue } from '../protocol/values.ts';
import type { Entry } from './entry.ts';
import { describeIssues } from './standard-schema.ts';
import type { StandardSchema } from './standard-schema.ts';

/** An entry as a view shows it, or why it does not. */
export type Shown<T> = { value: T; error?: undefined } | { value?: undefined; error: CovalenceError };

/** What a view makes of entries: the checks and defaults of its schemas, worked out once per entry. */
export class Lens<T> {
  readonly #schemasOf: (key: string) => readonly StandardSchema<unknown>[];
  readonly #report: (entry: Entry, error: CovalenceError) => void;
  readonly #shown = new WeakMap<Entry, Shown<T>>();

  constructor(
    schemasOf: (key: string) => readonly StandardSchema<unknown>[],
    report: (entry: Entry, error: CovalenceError) => void,
  ) {
    this.#schemasOf = schemasOf;
    this.#report = report;
  }

  show(entry: Entry): Shown<T> {
    let shown = this.#shown.get(entry);
    if (shown !== undefined) return shown;
    try {
      shown = { value: this.#check(entry.key, entry.decoded) as T };
    } catch (error) {
      shown = { error: asCovalenceError(error, 'value/invalid') };
    }
    this.#shown.set(entry, shown);
    if (shown.error !== undefined) this.#report(entry, shown.error);
    return shown;
  }

  /** Throws `value/invalid` when a schema refuses the value. */
  accept(key: string, value: StateValue): void {
    this.#check(key, value);
  }

  #check(key: string, value: StateValue): unknown {
    let shown: unknown = value;
    for (const schema of this.#schemasOf(key)) {
      const result = schema['~standard'].validate(shown);
      if (result instanceof Promise) {
        throw new CovalenceError('value/invalid', `The schema for "${key}" is asynchronous; use a synchronous one.`, {
          key,
        });
      }
      if (result.issues !== undefined) {
        throw new CovalenceError(
          'value/invalid',
          `The value of "${key}" does not fit its schema: ${describeIssues(result.issues)}.`,
          { key },
        );
      }
      shown = withUnknownFields(shown, result.value);
    }
    return freezeValue(shown);
  }
}

/** What the schema put out, with the fields of newer versions that it does not know; the same object if equal. */
function withUnknownFields(given: unknown, made: unknown): unknown {
  if (!isRecord(given) || !isRecord(made)) return made;
  const isUnchanged = Object.keys(made).every((field) => Object.hasOwn(given, field) && given[field] === made[field]);
  return isUnchanged ? given : { ...given, ...made };
}
