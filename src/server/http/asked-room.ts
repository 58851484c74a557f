const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Methods that change nothing: a page of any origin may send them, and reads the answer only where CORS lets it. */
export function isReading(method: string): boolean {
  return READING.has(method);
}

/** The room whose data a path, without the base path, asks for. */
export function askedRoom(path: string): string | undefined {
  const [, encoded] = /^\/v1\/rooms\/([^/]+)/.exec(path) ?? [];
  try {
    return encoded === undefined ? undefined : decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}
