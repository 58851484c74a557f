import { createDecoder, readVarString, readVarUint } from 'lib0/decoding';
import { createEncoder, toUint8Array, writeVarString, writeVarUint } from 'lib0/encoding';
import { CovalenceError } from '../../protocol/errors.ts';

/** What somebody says of one person. */
export interface AwarenessEntry {
  clientId: number;
  clock: number;
  /** JSON of the state; `null` when the person left. */
  state: string;
}

/** People one message may name: a stock client re-sends everybody. */
const MAX_ENTRIES = 10_000;

/** Takes an awareness update apart. Throws `request/invalid`. */
export function readAwareness(update: Uint8Array, maxStateLength: number): AwarenessEntry[] {
  const decoder = createDecoder(update);
  const count = readVarUint(decoder);
  if (count > MAX_ENTRIES) {
    throw new CovalenceError('request/invalid', `A message names ${count} people; at most ${MAX_ENTRIES} are read.`);
  }
  const entries: AwarenessEntry[] = [];
  for (let at = 0; at < count; at += 1) {
    const entry = { clientId: readVarUint(decoder), clock: readVarUint(decoder), state: readVarString(decoder) };
    if (entry.state.length > maxStateLength) {
      throw new CovalenceError(
        'request/invalid',
        `The state of a person takes ${entry.state.length} characters, at most ${maxStateLength} are allowed.`,
        { limit: maxStateLength },
      );
    }
    entries.push(entry);
  }
  return entries;
}

/** The awareness update that says this of these people. */
export function writeAwareness(entries: readonly AwarenessEntry[]): Uint8Array {
  const encoder = createEncoder();
  writeVarUint(encoder, entries.length);
  for (const { clientId, clock, state } of entries) {
    writeVarUint(encoder, clientId);
    writeVarUint(encoder, clock);
    writeVarString(encoder, state);
  }
  return toUint8Array(encoder);
}
