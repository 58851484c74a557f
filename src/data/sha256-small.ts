/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const ROUND_CONSTANTS = new Uint32Array(64);
/** Likewise of the square roots of the first 8. */
const INITIAL_STATE = new Uint32Array(8);

let found = 0;
for (let candidate = 2; found < 64; candidate += 1) {
  let isPrime = true;
  for (let divisor = 2; divisor * divisor <= candidate; divisor += 1) if (candidate % divisor === 0) isPrime = false;
  if (!isPrime) continue;
  if (found < 8) INITIAL_STATE[found] = fraction(Math.sqrt(candidate));
  ROUND_CONSTANTS[found] = fraction(Math.cbrt(candidate));
  found += 1;
}

function fraction(root: number): number {
  return Math.floor((root - Math.floor(root)) * 0x1_0000_0000);
}

const SCHEDULE = new Uint32Array(64);
/** Longest input in bytes. */
export const SHA256_SMALL_LIMIT = 2048;
const PADDED = new Uint8Array(SHA256_SMALL_LIMIT + 128);
const PADDED_VIEW = new DataView(PADDED.buffer);
const STATE = new Uint32Array(8);

/**
 * sha256 in hex of at most {@link SHA256_SMALL_LIMIT} bytes, at once. Asking WebCrypto costs more than the work itself
 * for so few. Throws a RangeError for more; use `hashBytes`.
 */
export function sha256Small(bytes: Uint8Array): string {
  const { byteLength } = bytes;
  if (byteLength > SHA256_SMALL_LIMIT) throw new RangeError(`${byteLength} bytes are more than ${SHA256_SMALL_LIMIT}`);
  const end = Math.ceil((byteLength + 9) / 64) * 64;
  PADDED.set(bytes);
  PADDED.fill(0, byteLength, end);
  PADDED[byteLength] = 0x80;
  PADDED_VIEW.setUint32(end - 4, byteLength * 8);
  STATE.set(INITIAL_STATE);
  for (let offset = 0; offset < end; offset += 64) mix(STATE, PADDED_VIEW, offset);
  let hex = '';
  for (const word of STATE) hex += word.toString(16).padStart(8, '0');
  return hex;
}

function mix(state: Uint32Array, view: DataView, offset: number): void {
  const w = SCHEDULE;
  for (let i = 0; i < 16; i += 1) w[i] = view.getUint32(offset + i * 4);
  for (let i = 16; i < 64; i += 1) {
    const x = w[i - 15];
    const y = w[i - 2];
    const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let i = 0; i < 64; i += 1) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUND_CONSTANTS[i] + w[i]) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  const sums = [a, b, c, d, e, f, g, h];
  for (let i = 0; i < 8; i += 1) state[i] = state[i] + sums[i];
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}
