import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { isCovalenceError } from '../../../src/protocol/errors.ts';
import { LIMITS } from '../../../src/protocol/limits.ts';
import { type GateVerdict, inspectUpdate } from '../../../src/server/sync/gate.ts';
import { type StructDraft, type UpdateDraft, valueDraft, writeDraft } from './update-draft.ts';

const everybody = { mayExtend: () => true, isWholeState: false };
const inspect = (doc: Y.Doc, update: Uint8Array, isWholeState = false): GateVerdict =>
  inspectUpdate(update, { ...everybody, doc, isWholeState });
const state = (doc: Y.Doc): Y.Map<unknown> => doc.getMap('state');
const refusal = (task: () => unknown): string => {
  try {
    task();
  } catch (error) {
    if (isCovalenceError(error)) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'not refused';
};
const one = (struct: StructDraft, more: Partial<UpdateDraft> = {}): UpdateDraft => ({
  blocks: [{ client: 7, clock: 0, structs: [struct] }],
  ...more,
});
const value = (key: string, content: unknown = 1): StructDraft => ({
  key,
  content: { kind: 'values', values: [content] },
});

/** A server's document with a record, a value, a removed record and an overwritten value. */
function furnished(): Y.Doc {
  const doc = new Y.Doc();
  doc.clientID = 1;
  const record = new Y.Map<unknown>([['display_name', 'oxygen']]);
  state(doc).set('selection.a', record);
  state(doc).set('playback', { frame: 1 });
  state(doc).set('playback', { frame: 2 });
  state(doc).set('selection.gone', new Y.Map<unknown>([['x', 1]]));
  state(doc).delete('selection.gone');
  return doc;
}

/** Applies what the gate lets through, and proves that the document is as sound as before. */
function applied(doc: Y.Doc, update: Uint8Array, isWholeState = false): GateVerdict {
  const verdict = inspect(doc, update, isWholeState);
  if (verdict.kind === 'apply') Y.applyUpdate(doc, verdict.update);
  expect(doc.store.pendingStructs).toBe(null);
  expect(doc.store.pendingDs).toBe(null);
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  expect(state(copy).toJSON()).toEqual(state(doc).toJSON());
  return verdict;
}

describe('what the gate lets through', () => {
  it('[T20] passes every update of an honest client, byte by byte as it came', () => {
    const server = new Y.Doc();
    const client = new Y.Doc();
    let count = 0;
    client.on('update', (update: Uint8Array) => {
      const verdict = applied(server, update);
      expect(verdict).toMatchObject({ kind: 'apply', clients: [client.clientID] });
      if (verdict.kind === 'apply') expect(verdict.update).toBe(update);
      count += 1;
    });
    state(client).set('selection.a', new Y.Map<unknown>([['particle_ids', Uint8Array.of(1, 2)]]));
    (state(client).get('selection.a') as Y.Map<unknown>).set('display_name', 'höchst 😀');
    state(client).set('settings.plain', { deep: [1, -2, 0.5, null, true, { deeper: 'x' }], big: 2 ** 40 });
    state(client).set('settings.bytes', Uint8Array.of(1, 2, 3));
    client.transact(() => {
      for (let index = 0; index < 100; index += 1) state(client).set('playback', { frame: index });
    });
    expect(count).toBe(5);
    expect(state(server).toJSON()).toEqual(state(client).toJSON());
  });

  it('[T20] passes what pycrdt writes, whose client ids have 53 bits', () => {
    const { updates, content } = JSON.parse(
      readFileSync(new URL('./pycrdt-updates.json', import.meta.url), 'utf8'),
    ) as {
      updates: { kind: string; hex: string }[];
      content: unknown;
    };
    const server = new Y.Doc();
    for (const { kind, hex } of updates) {
      const isWhole = kind === 'whole';
      const doc = isWhole ? new Y.Doc() : server;
      expect([kind, applied(doc, Uint8Array.from(Buffer.from(hex, 'hex')), isWhole).kind]).toEqual([kind, 'apply']);
      if (isWhole) expect(state(doc).toJSON()).toEqual(content);
    }
    expect(updates.length).toBeGreaterThan(8);
    expect(state(server).toJSON()).toEqual(content);
  });

  it('[T20] passes removals, which need no history of one own', () => {
    const server = furnished();
    const client = new Y.Doc();
    Y.applyUpdate(client, Y.encodeStateAsUpdate(server));
    const before = Y.encodeStateVector(client);
    state(client).delete('selection.a');
    expect(applied(server, Y.encodeStateAsUpdate(client, before))).toMatchObject({ kind: 'apply', clients: [] });
    expect(state(server).has('selection.a')).toBe(false);
  });

  it('[T20] passes what a stock client’s undo keeps and brings back', () => {
    const server = new Y.Doc();
    const client = new Y.Doc();
    client.on('update', (update: Uint8Array) => void applied(server, update));
    const undo = new Y.UndoManager(state(client), { captureTimeout: 0 });
    for (let index = 0; index < 5; index += 1) state(client).set('playback', index);
    state(client).set('selection.a', new Y.Map<unknown>([['x', 1]]));
    state(client).delete('selection.a');
    for (let step = 0; step < 4; step += 1) undo.undo();
    undo.redo();
    expect(state(server).toJSON()).toEqual(state(client).toJSON());
    // Values that undo keeps lie in one struct: several values, all of them deleted.
    const fresh = new Y.Doc();
    applied(fresh, Y.encodeStateAsUpdate(client), true);
    expect(state(fresh).toJSON()).toEqual(state(client).toJSON());
  });

  it('[T21] cuts off what is known already, also in the middle of a struct', () => {
    const client = new Y.Doc();
    for (let index = 0; index < 6; index += 1) state(client).set('playback', index);
    const whole = Y.encodeStateAsUpdate(client);
    const server = new Y.Doc();
    // The server heard the first overwrites one by one; in the whole state they are one deleted struct.
    const first = new Y.Doc();
    first.clientID = client.clientID;
    for (let index = 0; index < 3; index += 1) state(first).set('playback', index);
    Y.applyUpdate(server, Y.encodeStateAsUpdate(first));
    applied(server, whole, true);
    expect(state(server).get('playback')).toBe(5);
    expect(inspect(server, whole, true).kind).toBe('apply'); // its deletes
    expect(inspect(server, Y.encodeStateAsUpdate(client, Y.encodeStateVector(server)), true).kind).toBe('apply');
    expect(inspect(server, Uint8Array.of(0, 0)).kind).toBe('nothing');
  });

  it('[T22] calls a gap in a client’s own history, and an unknown origin, parent or delete, a gap', () => {
    const doc = furnished();
    const drafts: UpdateDraft[] = [
      valueDraft('playback', 1, 7, 5),
      one({ origin: [99, 0], content: { kind: 'values', values: [1] } }),
      one({ parent: [99, 3], key: 'x', content: { kind: 'values', values: [1] } }),
      { blocks: [], deletes: [{ client: 99, ranges: [[0, 1]] }] },
      { blocks: [], deletes: [{ client: 1, ranges: [[0, 1_000]] }] },
    ];
    for (const draft of drafts) expect(inspect(doc, writeDraft(draft)).kind).toBe('gap');
  });

  it('[T22] follows structs of several clients that build on each other in any order', () => {
    const ada = new Y.Doc();
    const bob = new Y.Doc();
    for (let round = 0; round < 20; round += 1) {
      state(ada).set('playback', round);
      Y.applyUpdate(bob, Y.encodeStateAsUpdate(ada, Y.encodeStateVector(bob)));
      state(bob).set('playback', -round);
      Y.applyUpdate(ada, Y.encodeStateAsUpdate(bob, Y.encodeStateVector(ada)));
    }
    const server = new Y.Doc();
    applied(server, Y.encodeStateAsUpdate(ada), true);
    expect(state(server).get('playback')).toBe(-19);
  });
});

describe('whose history it is', () => {
  const mine = (client: number) => ({ doc: furnished(), mayExtend: (id: number) => id === client });

  it('[T23] refuses an update that continues somebody else’s history', () => {
    const question = { ...mine(7), isWholeState: false };
    expect(refusal(() => inspectUpdate(writeDraft(valueDraft('playback', 9, 8)), question))).toMatch(/^auth\/denied/);
    expect(inspectUpdate(writeDraft(valueDraft('playback', 9, 7)), question).kind).toBe('apply');
  });

  it('[T23] leaves out of a whole state what others wrote, and keeps the own part', () => {
    const question = { ...mine(7), isWholeState: true };
    const draft: UpdateDraft = {
      blocks: [
        { client: 8, clock: 0, structs: [value('settings.theirs')] },
        { client: 7, clock: 0, structs: [value('settings.mine')] },
      ],
      deletes: [{ client: 8, ranges: [[0, 1]] }],
    };
    const verdict = inspectUpdate(writeDraft(draft), question);
    if (verdict.kind !== 'apply') throw new Error(verdict.kind);
    Y.applyUpdate(question.doc, verdict.update);
    expect(question.doc.store.pendingDs).toBe(null);
    expect(state(question.doc).get('settings.mine')).toBe(1);
    expect(state(question.doc).has('settings.theirs')).toBe(false);
  });
});

describe('what the gate refuses', () => {
  const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
  const prototype = JSON.parse('{"__proto__": {"isAdmin": true}}') as unknown;
  const cases: [string, UpdateDraft][] = [
    ['another root', one({ parent: 'evil', key: 'a', content: { kind: 'values', values: [1] } })],
    ['a list in the root', one({ content: { kind: 'values', values: [1] } })],
    ['a key that is none', one(value('a..b'))],
    ['a key of the server', one(value('lock.presenter'))],
    ['a key that names a prototype', one(value('a.__proto__'))],
    [
      'a field that names a prototype',
      one({ parent: [1, 0], key: '__proto__', content: { kind: 'values', values: [1] } }),
    ],
    ['a value with a field that names a prototype', one(value('a', prototype))],
    ['a text of Yjs', one({ key: 'a', content: { kind: 'type', type: 2 } })],
    ['a list of Yjs', one({ key: 'a', content: { kind: 'type', type: 0 } })],
    ['a document inside', one({ key: 'a', content: { kind: 'document' } })],
    ['JSON of old versions', one({ key: 'a', content: { kind: 'raw', ref: 2, bytes: Uint8Array.of(1, 1, 49) } })],
    ['an unknown content', one({ key: 'a', content: { kind: 'raw', ref: 11, bytes: Uint8Array.of(1) } })],
    ['a right origin', one({ rightOrigin: [1, 0], content: { kind: 'values', values: [1] } })],
    ['a skip', one({ content: { kind: 'skip', length: 3 } })],
    ['a value nested 33 deep', one(value('a', nested(33)))],
    ['a value nested 100,000 deep', one({ key: 'a', content: { kind: 'raw', ref: 8, bytes: deepArrays(100_000) } })],
    ['a value that is undefined', one({ key: 'a', content: { kind: 'values', values: [undefined] } })],
    ['a bigint', one(value('a', 10n))],
    ['a number that is none', one(value('a', Number.NaN))],
    ['infinity', one(value('a', { deep: [Number.POSITIVE_INFINITY] }))],
    ['a value above the limit', one(value('a', 'x'.repeat(LIMITS.valueByteLength + 100)))],
    [
      'bytes above the limit',
      one({ key: 'a', content: { kind: 'bytes', bytes: new Uint8Array(LIMITS.valueByteLength + 100) } }),
    ],
    ['several living values in one struct', one({ key: 'a', content: { kind: 'values', values: [1, 2] } })],
    ['a struct without length', one({ key: 'a', content: { kind: 'deleted', length: 0 } })],
    ['a clock beyond 2^31', one({ content: { kind: 'garbage', length: 2 ** 31 + 1 } })],
    ['a client beyond 53 bits', { blocks: [{ client: 2 ** 60, clock: 0, structs: [value('a')] }] }],
    ['a client that appears twice', { blocks: [0, 1].map((clock) => ({ client: 7, clock, structs: [value('a')] })) }],
    ['a client without structs', { blocks: [{ client: 7, clock: 0, structs: [] }] }],
    [
      'more structs announced than there are',
      { blocks: [{ client: 7, clock: 0, structs: [value('a')], count: 2 ** 25 }] },
    ],
    [
      'deletes that overlap',
      one(value('a'), {
        deletes: [
          {
            client: 1,
            ranges: [
              [0, 2],
              [1, 2],
            ],
          },
        ],
      }),
    ],
    ['a struct that follows a later one of its own', one({ origin: [7, 0], content: { kind: 'values', values: [1] } })],
    [
      'structs that wait for each other',
      {
        blocks: [
          { client: 7, clock: 0, structs: [{ origin: [8, 0], content: { kind: 'values', values: [1] } }] },
          { client: 8, clock: 0, structs: [{ origin: [7, 0], content: { kind: 'values', values: [1] } }] },
        ],
      },
    ],
    ['a field of what is no record', one({ parent: [1, 3], key: 'x', content: { kind: 'values', values: [1] } })],
    ['a record in a record', one({ parent: [1, 0], key: 'x', content: { kind: 'type', type: 1 } })],
    ['a record that follows a field', one({ origin: [1, 1], content: { kind: 'type', type: 1 } })],
    [
      'a record in a record of the same update',
      {
        blocks: [
          {
            client: 7,
            clock: 0,
            structs: [
              { key: 'a', content: { kind: 'type', type: 1 } },
              { parent: [7, 0], key: 'x', content: { kind: 'values', values: [1] } },
              { origin: [7, 1], content: { kind: 'type', type: 1 } },
            ],
          },
        ],
      },
    ],
  ];
  it.each(cases)('[T24] %s', (_what, draft) => {
    const doc = furnished();
    const before = Y.encodeStateAsUpdate(doc);
    expect(refusal(() => inspect(doc, writeDraft(draft)))).toMatch(/^sync\/refused This update was not applied: /);
    expect(refusal(() => inspect(doc, writeDraft(draft), true))).toMatch(/^sync\/refused /);
    expect(Y.encodeStateAsUpdate(doc)).toEqual(before);
  });

  it('[T24] what is not the first encoding, is cut short or has something behind it', () => {
    const doc = furnished();
    const honest = writeDraft(valueDraft('settings.a', { deep: ['text', 1.5] }));
    for (let end = 0; end < honest.length; end += 1) {
      expect(refusal(() => inspect(doc, honest.subarray(0, end)))).toMatch(/^sync\/refused/);
    }
    expect(refusal(() => inspect(doc, Uint8Array.of(...honest, 0)))).toMatch(/something follows its end/);
    expect(refusal(() => inspect(doc, Y.encodeStateAsUpdateV2(furnished())))).toMatch(/^sync\/refused/);
  });

  it('[T25] a quadratic update, by its number of beginnings of one key', () => {
    const doc = furnished();
    const structs = Array.from({ length: LIMITS.originlessStructsPerKey + 1 }, () => value('playback'));
    expect(refusal(() => inspect(doc, writeDraft({ blocks: [{ client: 7, clock: 0, structs }] })))).toMatch(
      /begins "playback" more than 1000 times/,
    );
    structs.pop();
    expect(inspect(doc, writeDraft({ blocks: [{ client: 7, clock: 0, structs }] }))).toMatchObject({
      kind: 'apply',
      contested: LIMITS.originlessStructsPerKey,
    });
  });

  it('[T25] more keys than a room may have, with the limit named', () => {
    const doc = furnished();
    const update = writeDraft({ blocks: [{ client: 7, clock: 0, structs: ['a', 'b'].map((key) => value(key)) }] });
    const question = { ...everybody, doc };
    expect(refusal(() => inspectUpdate(update, { ...question, keysPerRoom: 4 }))).toMatch(
      /^sync\/too-large .*at most 4 keys/,
    );
    expect(inspectUpdate(update, { ...question, keysPerRoom: 5 }).kind).toBe('apply');
  });

  it('[T25] an announced flood allocates nothing', () => {
    const doc = new Y.Doc();
    const update = writeDraft({ blocks: [{ client: 7, clock: 0, structs: [], count: 2 ** 25 }] });
    const before = process.memoryUsage().rss;
    for (let round = 0; round < 20; round += 1) refusal(() => inspect(doc, update));
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  });
});

/** Arrays of one element each, as lib0 writes them. */
function deepArrays(depth: number): Uint8Array {
  const bytes = new Uint8Array(1 + 2 * depth + 1);
  bytes[0] = 1;
  for (let level = 0; level < depth; level += 1) bytes.set([117, 1], 1 + 2 * level);
  bytes[bytes.length - 1] = 126;
  return bytes;
}

describe('what others wrote and the document lost', () => {
  /** Bob overwrites what the server has; Ada saw it, the server did not. */
  const lost = (write: (bob: Y.Map<unknown>) => void): { server: Y.Doc; ada: Y.Doc; bob: Y.Doc } => {
    const [server, ada, bob] = [furnished(), new Y.Doc(), new Y.Doc()];
    for (const doc of [ada, bob]) Y.applyUpdate(doc, Y.encodeStateAsUpdate(server));
    write(state(bob));
    Y.applyUpdate(ada, Y.encodeStateAsUpdate(bob));
    state(ada).set('settings.ada', 1);
    state(ada).delete('selection.a');
    return { server, ada, bob };
  };
  const send = (server: Y.Doc, from: Y.Doc): GateVerdict => {
    const update = Y.encodeStateAsUpdate(from, Y.encodeStateVector(server));
    const verdict = inspectUpdate(update, {
      doc: server,
      isWholeState: true,
      mayExtend: (client) => client === from.clientID,
    });
    if (verdict.kind === 'apply') Y.applyUpdate(server, verdict.update);
    expect(server.store.pendingStructs ?? server.store.pendingDs).toBe(null);
    return verdict;
  };
  const writes: [string, (bob: Y.Map<unknown>) => void][] = [
    ['once', (bob) => bob.set('playback', { frame: 3 })],
    [
      'many times',
      (bob) => {
        for (let frame = 3; frame < 9; frame += 1) bob.set('playback', { frame });
      },
    ],
    [
      'beside others',
      (bob) => {
        bob.set('settings.bob', 1);
        bob.set('playback', { frame: 3 });
        bob.set('selection.c', new Y.Map<unknown>([['x', 1]]));
      },
    ],
  ];
  it.each(writes)('[T27] an overwrite that is left out (%s) does not take the present value with it', (_how, write) => {
    const { server, ada, bob } = lost(write);
    send(server, ada);
    expect(state(server).get('playback')).toEqual({ frame: 2 });
    expect(state(server).get('settings.ada')).toBe(1);
    expect(state(server).has('selection.a')).toBe(false);
    // Bob comes back with what he wrote, and all are equal.
    send(server, bob);
    Y.applyUpdate(bob, Y.encodeStateAsUpdate(server));
    Y.applyUpdate(ada, Y.encodeStateAsUpdate(server));
    expect(state(server).toJSON()).toEqual(state(ada).toJSON());
    expect(state(bob).toJSON()).toEqual(state(ada).toJSON());
  });

  it('[T27] nor does an overwritten field, or one set without knowing the present value', () => {
    const { server, ada } = lost((bob) => (bob.get('selection.a') as Y.Map<unknown>).set('display_name', 'bob'));
    state(ada).set('selection.a', new Y.Map<unknown>()); // beats everything; only the record itself counts
    const fields = lost((bob) => (bob.get('selection.a') as Y.Map<unknown>).set('display_name', 'bob'));
    const adaAlone = new Y.Doc();
    Y.applyUpdate(adaAlone, Y.encodeStateAsUpdate(fields.bob));
    state(adaAlone).set('settings.ada', 1);
    send(fields.server, adaAlone);
    expect((state(fields.server).get('selection.a') as Y.Map<unknown>).get('display_name')).toBe('oxygen');
    const blind = furnished();
    const stranger = new Y.Doc();
    stranger.clientID = 4_000_000_000; // the highest wins a race of beginnings
    state(stranger).set('playback', 'blind');
    const witness = new Y.Doc();
    Y.applyUpdate(witness, Y.encodeStateAsUpdate(blind));
    Y.applyUpdate(witness, Y.encodeStateAsUpdate(stranger));
    state(witness).set('settings.witness', 1);
    expect(state(witness).get('playback')).toBe('blind');
    send(blind, witness);
    expect(state(blind).get('playback')).toEqual({ frame: 2 });
    send(server, ada);
    expect(state(server).has('selection.a')).toBe(true);
  });
});
