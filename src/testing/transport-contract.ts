import type { Transport, TransportStatus } from '../transport/transport.ts';
import { type ContractCase, check, checkEqual } from './contract.ts';

/** Several ends of one fresh room, none of them connected. */
export interface TransportRig {
  readonly transports: readonly Transport[];
  /** Lets things travel until `condition` holds; rejects when it does not come to hold. */
  until(condition: () => boolean): Promise<void>;
  /** Lets things travel as long as anything is on its way. */
  settle(): Promise<void>;
  /** Cuts every end off, and joins them again. Absent when the means cannot. */
  cut?: () => Promise<void>;
  mend?: () => Promise<void>;
  /** Closes whatever the harness made besides the transports. */
  close(): Promise<void>;
}

/** What the author of a transport hands to {@link transportContract}. */
export interface TransportHarness {
  /** Each call is independent of the others. */
  open(count: number): Promise<TransportRig>;
}

const set = ({ doc }: Transport, key: string, value: unknown): void => void doc.getMap('state').set(key, value);
const get = ({ doc }: Transport, key: string): unknown => doc.getMap('state').get(key);
const content = ({ doc }: Transport): string =>
  JSON.stringify(Object.entries(doc.getMap('state').toJSON()).sort(([a], [b]) => (a < b ? -1 : 1)));

/** The promises every transport keeps, as named cases for any test framework. */
export function transportContract(harness: TransportHarness): ContractCase[] {
  const withEnds = (
    title: string,
    count: number,
    run: (ends: readonly Transport[], rig: TransportRig) => Promise<void>,
  ): ContractCase => ({
    title,
    async run() {
      const rig = await harness.open(count);
      try {
        await run(rig.transports, rig);
      } finally {
        for (const transport of rig.transports) await transport.close();
        await rig.close();
      }
    },
  });
  /** Connects all ends and waits until each has been told so. */
  const connect = async (ends: readonly Transport[], rig: TransportRig): Promise<void> => {
    for (const end of ends) end.connect();
    await rig.until(() => ends.every(({ status, isSynced }) => status === 'online' && isSynced));
  };

  const cases = [
    withEnds('nothing travels before connect', 2, async ([a, b], rig) => {
      set(a, 'settings.a', 1);
      await rig.settle();
      checkEqual([a.status, a.isSynced, get(b, 'settings.a')], ['connecting', false, undefined], 'before connect');
    }),
    withEnds('what an end had before it connected reaches the others, and theirs reaches it', 2, async (ends, rig) => {
      const [a, b] = ends;
      set(a, 'settings.a', 1);
      set(b, 'settings.b', { deep: [1, 2] });
      await connect(ends, rig);
      await rig.until(() => content(a) === content(b) && get(a, 'settings.b') !== undefined);
      checkEqual(get(b, 'settings.a'), 1, 'a value from before');
    }),
    withEnds('synced resolves when what the others had is here', 2, async ([a, b], rig) => {
      set(a, 'settings.a', 1);
      a.connect();
      b.connect();
      let isResolved = false;
      void b.synced.then(() => (isResolved = true));
      await rig.until(() => isResolved);
      checkEqual(get(b, 'settings.a'), 1, 'value at sync');
    }),
    withEnds('changes travel both ways, once, and are not sent back', 2, async (ends, rig) => {
      const [a, b] = ends;
      await connect(ends, rig);
      const updates: string[] = [];
      a.doc.on('update', (_update, origin, _doc, { local }) => updates.push(`a ${local} ${origin === null}`));
      b.doc.on('update', (_update, origin, _doc, { local }) => updates.push(`b ${local} ${origin === null}`));
      set(a, 'settings.x', 1);
      await rig.until(() => get(b, 'settings.x') === 1);
      await rig.settle();
      checkEqual(updates, ['a true true', 'b false false'], 'updates');
      set(b, 'settings.x', 2);
      await rig.until(() => get(a, 'settings.x') === 2);
    }),
    withEnds('three ends that write at once are equal in the end', 3, async (ends, rig) => {
      await connect(ends, rig);
      for (let round = 0; round < 20; round += 1) {
        for (const [number, end] of ends.entries()) {
          set(end, 'settings.contested', `${number} ${round}`);
          set(end, `settings.own${number}`, round);
        }
      }
      await rig.until(() =>
        ends.every((end) => content(end) === content(ends[0]) && end.doc.getMap('state').size === 4),
      );
    }),
    withEnds('people are seen by the others and leave when their end closes', 2, async (ends, rig) => {
      const [a, b] = ends;
      const user = { name: 'Ada', color: '#ffffff' };
      a.awareness.setLocalState({ user });
      await connect(ends, rig);
      const seen = (): unknown => b.awareness.getStates().get(a.doc.clientID);
      await rig.until(() => JSON.stringify(seen()) === JSON.stringify({ user }));
      a.awareness.setLocalStateField('frame', { id: 'f1', index: 1 });
      await rig.until(() => JSON.stringify(seen()) === JSON.stringify({ user, frame: { id: 'f1', index: 1 } }));
      await a.close();
      await rig.until(() => seen() === undefined);
    }),
    withEnds(
      'connect and close are safe to call twice; after close nothing is delivered or told',
      2,
      async (ends, rig) => {
        const [a, b] = ends;
        await connect(ends, rig);
        a.connect();
        set(b, 'settings.first', 1);
        await rig.until(() => get(a, 'settings.first') === 1);
        const told: TransportStatus[] = [];
        a.onStatus(({ status }) => told.push(status));
        await a.close();
        await a.close();
        const afterClose = told.length;
        set(b, 'settings.second', 2);
        await rig.settle();
        a.connect();
        await rig.settle();
        checkEqual([a.status, a.isSynced, get(a, 'settings.second')], ['closed', false, undefined], 'after close');
        checkEqual([told, told.length - afterClose], [['closed'], 0], 'what was told');
        set(a, 'settings.third', 3);
        await rig.settle();
        checkEqual(get(b, 'settings.third'), undefined, 'what a closed end writes');
      },
    ),
    withEnds('synced rejects with a coded error when the end is closed before', 1, async ([a]) => {
      const outcome = a.synced.then(
        () => 'resolved',
        (error: unknown) => (error as { code?: string }).code,
      );
      await a.close();
      checkEqual(await outcome, 'room/closed', 'synced');
    }),
    withEnds('a listener that was taken away is not called', 1, async (ends, rig) => {
      const told: TransportStatus[] = [];
      const stop = ends[0].onStatus(({ status }) => told.push(status));
      stop();
      stop();
      await connect(ends, rig);
      checkEqual(told, [], 'told');
    }),
    withEnds(
      'what is offered beside the document is whole: a ledger with its news, a session, whenSaved',
      1,
      async (ends, rig) => {
        const [a] = ends;
        const isServed = a.ledger !== undefined;
        for (const part of ['onLedger', 'onSession', 'onNotice', 'whenSaved'] as const) {
          check((a[part] !== undefined) === isServed, `a transport with a server has ${part}, one without has not`);
        }
        if (a.whenSaved === undefined) return;
        await connect(ends, rig);
        check(typeof a.session?.session === 'string' && a.session.session !== '', 'the session is named once online');
        set(a, 'settings.a', 1);
        let level: unknown;
        void a.whenSaved().then((told) => (level = told));
        await rig.until(() => typeof level === 'string');
        const never = a.whenSaved({ signal: AbortSignal.abort(new Error('enough')) });
        const outcome = await never.then(
          () => 'resolved',
          (error: unknown) => (error as Error).message,
        );
        checkEqual(outcome, 'enough', 'whenSaved with an aborted signal');
      },
    ),
  ];
  cases.push(cutCase(harness, connect));
  return cases;
}

/** Rigs that cannot cut pass by having neither part. */
function cutCase(
  harness: TransportHarness,
  connect: (ends: readonly Transport[], rig: TransportRig) => Promise<void>,
): ContractCase {
  return {
    title: 'a cut is told, and what was written apart meets after it',
    async run() {
      const rig = await harness.open(2);
      const { transports, cut, mend } = rig;
      const [a, b] = transports;
      try {
        check((cut === undefined) === (mend === undefined), 'a rig that cuts can mend');
        if (cut === undefined || mend === undefined) return;
        await connect(transports, rig);
        a.awareness.setLocalState({ user: { name: 'Ada', color: '#ffffff' } });
        await rig.until(() => b.awareness.getStates().has(a.doc.clientID));
        const told: string[] = [];
        a.onStatus(({ status, error }) => told.push(error === undefined ? status : `${status} ${error.code}`));
        await cut();
        await rig.until(() => transports.every(({ status, isSynced }) => status === 'offline' && !isSynced));
        check(told[0]?.startsWith('offline ') ?? false, `offline is told with a coded error, found ${told.join()}`);
        set(a, 'settings.a', 'apart');
        set(b, 'settings.b', 'apart');
        await rig.settle();
        checkEqual([get(b, 'settings.a'), get(a, 'settings.b')], [undefined, undefined], 'while apart');
        await mend();
        await rig.until(() => get(b, 'settings.a') === 'apart' && get(a, 'settings.b') === 'apart');
        await rig.until(() => b.awareness.getStates().has(a.doc.clientID));
        await rig.until(() => transports.every(({ status, isSynced }) => status === 'online' && isSynced));
      } finally {
        for (const transport of transports) await transport.close();
        await rig.close();
      }
    },
  };
}
