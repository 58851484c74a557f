import { CovalenceError } from '../../protocol/errors.ts';

/** Where a file is damaged: 0-based frame, 1-based line of a text, offset of a byte where there are no lines. */
export interface DamagePlace {
  frame?: number;
  line?: number;
  byte?: number;
}

/** The error of a damaged file: names file, frame and line or byte and says what was expected and found. */
export function damaged(file: string, place: DamagePlace, found: string, cause?: unknown): CovalenceError {
  const where = [
    file,
    ...(place.frame === undefined ? [] : [`frame ${place.frame}`]),
    ...(place.line === undefined ? [] : [`line ${place.line}`]),
    ...(place.byte === undefined ? [] : [`byte ${place.byte}`]),
  ].join(', ');
  const mend = place.line === undefined ? 'Copy or write the file again.' : 'Mend this line, or write the file again.';
  const kept = place.frame === undefined || place.frame === 0 ? ` ${mend}` : ' The frames before it can be read.';
  return new CovalenceError('file/damaged', `${where}: ${found}.${kept}`, { file, ...place }, { cause });
}

/** A piece of a file as it may appear in an error sentence: short, quoted, printable. */
export function excerpt(text: string, maxLength = 48): string {
  const printable = text
    .replaceAll(/[^\u0020-\u007E\u00A0-\uFFFF]/g, ' ')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
  return `"${printable.length > maxLength ? `${printable.slice(0, maxLength)}...` : printable}"`;
}
