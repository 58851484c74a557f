import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CLOSE, MESSAGE, PROTOCOL_VERSION } from '../../src/protocol/messages.ts';
import { readSource } from '../source-files.ts';

/** What both sides must read alike. */
const WIRE = [
  'src/protocol/frames.ts',
  'src/protocol/id-list.ts',
  'src/protocol/keys.ts',
  'src/protocol/ledger.ts',
  'src/protocol/messages.ts',
  'src/protocol/presence.ts',
  'src/protocol/routes.ts',
  'src/protocol/records/coded-fields.ts',
  'src/protocol/records/presence.ts',
  'src/protocol/records/scene-settings.ts',
  'src/protocol/records/scene.ts',
  'src/protocol/records/selection.ts',
  'src/protocol/records/visualiser.ts',
];

/**
 * sha256 of the syntax of the files above, without comments and layout. When this fails, the wire may have changed. If
 * a peer with the old version would misread what is now sent, raise PROTOCOL_VERSION in src/protocol/messages.ts and add
 * a line here; if not (a new optional field, a pure refactoring), replace the hash and say why in the commit.
 */
const SHAPES: Readonly<Record<number, string>> = {
  1: 'e81c74ee1646e54eb4d6332e3679e0938b69c41874d9b7e4f1063d3529d04a96',
};

function wireHash(): string {
  const hash = createHash('sha256');
  for (const path of WIRE) {
    hash.update(path);
    hash.update(
      JSON.stringify(readSource(path).program, (key, value: unknown) =>
        key === 'start' || key === 'end' || key === 'raw' ? undefined : value,
      ),
    );
  }
  return hash.digest('hex');
}

describe('the version of the protocol', () => {
  it('[K40] the shapes on the wire are those of PROTOCOL_VERSION', () => {
    expect(SHAPES[PROTOCOL_VERSION], 'PROTOCOL_VERSION has a line in SHAPES').toBeTypeOf('string');
    expect(wireHash()).toBe(SHAPES[PROTOCOL_VERSION]);
  });

  it('[K41] own message types stay clear of those of y-websocket, and no number means two things', () => {
    const { sync, awareness, auth, queryAwareness, ...own } = MESSAGE;
    expect([sync, awareness, auth, queryAwareness]).toEqual([0, 1, 2, 3]);
    for (const type of Object.values(own)) expect(type).toBeGreaterThanOrEqual(100);
    expect(new Set(Object.values(MESSAGE)).size).toBe(Object.keys(MESSAGE).length);
    expect(new Set(Object.values(CLOSE)).size).toBe(Object.keys(CLOSE).length);
  });
});
