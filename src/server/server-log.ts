/** What the server tells its operator, in the shape of a pino logger. Never a token, never a person's data. */
export interface ServerLog {
  info(fields: Record<string, unknown>, text: string): void;
  warn(fields: Record<string, unknown>, text: string): void;
  error(fields: Record<string, unknown>, text: string): void;
}
