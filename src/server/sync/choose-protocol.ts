import { SYNC_PROTOCOL } from '../../protocol/messages.ts';

/** The subprotocol to answer with: ours where it was named, which is how tokens travel; else none. */
export function chooseProtocol(offered: ReadonlySet<string>): string | false {
  return offered.has(SYNC_PROTOCOL) ? SYNC_PROTOCOL : false;
}
