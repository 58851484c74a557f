import { asCovalenceError, CovalenceError } from '../protocol/errors.ts';
import { deleteOfflineStore, type OfflineStore, openOfflineStore } from '../state/index.ts';
import type { RenewableTransport } from './renewable-transport.ts';

/** The copy of a room that this browser keeps. */
export interface OfflineCopy {
  /** Loads what was kept, without the server having been heard; false when nothing was. */
  openUnheard(): Promise<boolean>;
  /** Resolves when what is to be loaded now is loaded. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** What a copy is made from. */
export interface OfflineCopyOptions {
  /** `<base>/r/<room>` */
  url: string;
  transport: RenewableTransport;
  onNotice: (notice: CovalenceError) => void;
}

/**
 * Keeps a room in this browser, one store for each epoch of the room: what was kept of a room that was deleted and made
 * anew must not come back. A browser that refuses is a notice and nothing more.
 */
export function offlineCopy({ url, transport, onNotice }: OfflineCopyOptions): OfflineCopy {
  /** The copy in use; `isHeard` once the server has told that epoch. */
  let copy: { epoch: string; isHeard: boolean; store?: OfflineStore } | undefined;
  let work: Promise<void> = Promise.resolve();
  let isClosed = false;

  /** One after the other: a store must not open while the one before it is being deleted. */
  const queue = (step: () => Promise<void>): void => {
    work = work.then(step).catch((error: unknown) => onNotice(asCovalenceError(error, 'store/failed')));
  };
  const nameOf = (epoch: string): string => `${url}@${epoch}`;
  const open = async (epoch: string, isHeard: boolean): Promise<void> => {
    if (isClosed) return;
    const opened: { epoch: string; isHeard: boolean; store?: OfflineStore } = (copy = { epoch, isHeard });
    const store = await openOfflineStore(nameOf(epoch), transport.doc, { onFailure: onNotice });
    if (isClosed) return store.close();
    opened.store = store;
    memory.keep(url, epoch);
  };
  const startAnew = (epoch: string): void => {
    const old = copy;
    copy = { epoch, isHeard: true };
    queue(async () => {
      await old?.store?.clear();
      const former = memory.read(url);
      if (former !== undefined && former !== epoch) await deleteOfflineStore(nameOf(former));
      await open(epoch, true);
    });
  };
  const ends = [
    transport.onSession?.(({ epoch }) => {
      if (transport.isRenewing) return;
      if (copy?.epoch === epoch) {
        copy.isHeard = true;
        const { store } = copy;
        queue(async () => store?.refresh());
      } else if (copy !== undefined && !copy.isHeard) transport.renew(anotherRoom());
      else startAnew(epoch);
    }),
    transport.onRenewed(() => {
      const epoch = transport.session?.epoch;
      if (epoch !== undefined) startAnew(epoch);
    }),
  ];
  return {
    async openUnheard() {
      const epoch = memory.read(url);
      if (epoch !== undefined && copy === undefined) queue(() => open(epoch, false));
      await work;
      return copy?.store?.wasKept === true;
    },
    settled: () => work,
    async close() {
      isClosed = true;
      for (const end of ends) end?.();
      await work;
      await copy?.store?.close();
    },
  };
}

/** The epoch of each room's copy, needed before a server can tell it. */
const memory = {
  keep(url: string, epoch: string): void {
    try {
      localStorage.setItem(`covalence.epoch:${url}`, epoch);
    } catch {
      // without it the copy is found once the server has told the epoch
    }
  },
  read(url: string): string | undefined {
    try {
      return localStorage.getItem(`covalence.epoch:${url}`) ?? undefined;
    } catch {
      return undefined;
    }
  },
};

function anotherRoom(): CovalenceError {
  return new CovalenceError(
    'sync/refused',
    'This room was made anew while you were away; what this browser kept is of the former one.',
  );
}
