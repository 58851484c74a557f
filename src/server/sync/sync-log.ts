/** Where the control channel writes what an operator should know; a pino logger fits. Never given tokens or content. */
export interface SyncLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Says nothing. */
export const silentLog: SyncLog = { info() {}, warn() {}, error() {} };
