interface Host {
  reportError?: (error: unknown) => void;
  process?: { emitWarning?: (warning: Error) => void };
}

/** Shows what a listener threw without ending anything: the browser's error event, or a warning of Node. */
export function reportListenerFailure(error: unknown): void {
  const host = globalThis as unknown as Host;
  if (host.reportError !== undefined) host.reportError(error);
  else host.process?.emitWarning?.(error instanceof Error ? error : new Error(String(error)));
}
