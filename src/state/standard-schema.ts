/**
 * The part of the Standard Schema interface that collections use; schemas of valibot, zod, arktype and others fit.
 * Here a schema must be synchronous and must accept what it puts out.
 */
export interface StandardSchema<T> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<T> | Promise<SchemaResult<T>>;
    readonly types?: { readonly input: unknown; readonly output: T } | undefined;
  };
}

/** A value in the form the schema gives it, or what is wrong with it. */
export type SchemaResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One thing that is wrong, and where. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** One sentence of all issues, each with its path. */
export function describeIssues(issues: readonly SchemaIssue[]): string {
  return issues
    .map(({ message, path }) => {
      const where = path?.map((step) => String(typeof step === 'object' ? step.key : step)).join('.');
      return where === undefined || where === '' ? message : `${where}: ${message}`;
    })
    .join('; ');
}
