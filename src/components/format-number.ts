/** A number as people read it: grouped digits, about six significant ones, no trailing noise. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return formatCount(value);
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e7 || size < 1e-4)) return minus(value.toExponential(3).replace('e+', 'e'));
  const digits = size >= 1000 ? 2 : size >= 1 ? 4 : 5;
  return minus(group(value.toFixed(digits).replace(/\.?0+$/, '')));
}

/** A whole number with thin spaces between groups of three digits. */
export function formatCount(value: number): string {
  return minus(group(String(value)));
}

/** A length in angstrom with three decimals. */
export function formatLength(angstrom: number): string {
  return `${minus(angstrom.toFixed(3))} Å`;
}

/** An angle in degrees with one decimal. */
export function formatAngle(degrees: number): string {
  return `${minus(degrees.toFixed(1))}°`;
}

/** Bytes in the unit people expect: `3.2 MB`. */
export function formatBytes(byteLength: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = byteLength < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(byteLength) / 3));
  const value = byteLength / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

/** `1 atom`, `2 atoms`. */
export function formatPlural(count: number, one: string, many: string = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

function group(text: string): string {
  const [whole, decimals] = text.split('.');
  const grouped = whole.replace('-', '').length < 5 ? whole : whole.replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');
  return decimals === undefined ? grouped : `${grouped}.${decimals}`;
}

function minus(text: string): string {
  return text.replace('-', '\u2212');
}
