import { isRecord } from '../../../data/frame-codec.ts';
import { encodeMsgpack } from '../../../data/msgpack.ts';

/** Shorter binary values are copied: joining them costs less than sending them apart. */
const LONG_BYTE_LENGTH = 64 * 1024;

/**
 * `value`, of maps, texts, numbers, lists and bytes, as msgpack in pieces whose sum is what `encodeMsgpack` gives. Long
 * binary values are pieces of their own and not copied, so that many readers of one array hold it once.
 */
export function msgpackPieces(value: unknown): Uint8Array[] {
  if (value instanceof Uint8Array && value.byteLength >= LONG_BYTE_LENGTH) return [binaryHeader(value), value];
  if (!isRecord(value) || !hasLongBytes(value)) return [encodeMsgpack(value)];
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return [
    msgpackHeader('map', entries.length),
    ...entries.flatMap(([key, entry]) => [encodeMsgpack(key), ...msgpackPieces(entry)]),
  ];
}

function hasLongBytes(value: unknown): boolean {
  if (value instanceof Uint8Array) return value.byteLength >= LONG_BYTE_LENGTH;
  return isRecord(value) && Object.values(value).some(hasLongBytes);
}

/** First bytes of a list or map of `count` entries. */
export function msgpackHeader(kind: 'list' | 'map', count: number): Uint8Array {
  const [short, long] = kind === 'map' ? [0x80, 0xde] : [0x90, 0xdc];
  if (count < 16) return Uint8Array.of(short | count);
  const header = new Uint8Array(count < 65_536 ? 3 : 5);
  const view = new DataView(header.buffer);
  header[0] = count < 65_536 ? long : long + 1;
  if (count < 65_536) view.setUint16(1, count);
  else view.setUint32(1, count);
  return header;
}

/** Of one of at least 65,536 bytes. */
function binaryHeader({ byteLength }: Uint8Array): Uint8Array {
  const header = new Uint8Array(5);
  header[0] = 0xc6;
  new DataView(header.buffer).setUint32(1, byteLength);
  return header;
}
