const STORAGE_KEY = 'covalence.secret';

let known: string | undefined;

/**
 * A secret that the tabs of a browser share, else one for this process. The server knows by it who began which history,
 * so that nobody else can continue it; it gives no rights and names nobody.
 */
export function browserSecret(): string {
  known ??= stored() ?? fresh();
  return known;
}

function fresh(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Storage is missing in Node and throws where a page may not use it. */
function stored(): string | undefined {
  try {
    const storage = (globalThis as { localStorage?: Storage }).localStorage;
    if (storage === undefined) return undefined;
    const found = storage.getItem(STORAGE_KEY);
    if (found !== null) return found;
    const secret = fresh();
    storage.setItem(STORAGE_KEY, secret);
    return secret;
  } catch {
    return undefined;
  }
}
