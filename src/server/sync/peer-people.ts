import type { PeerChannel } from './peer-channel.ts';
import type { RoomAwareness } from './room-awareness.ts';

/** First byte of a message between servers: people follow, or everybody is asked for. */
const KIND = { people: 1, question: 2 } as const;

/** Tells other servers who is here, and takes in who is there. */
export interface PeerPeople {
  /** Called when people may have changed. */
  tell(): void;
  /** Called when somebody who left here may have gone to another server. */
  ask(): void;
  close(): void;
}

/** Joins the awareness of a room with that of the same room on other servers. */
export function peerPeople(channel: PeerChannel, room: string, people: RoomAwareness): PeerPeople {
  const tell = (clientIds: readonly number[]): void => {
    if (clientIds.length === 0) return;
    const update = people.encode(clientIds);
    const message = new Uint8Array(1 + update.byteLength);
    message[0] = KIND.people;
    message.set(update, 1);
    line.tell(message);
  };
  const line = channel.join(room, (message) => {
    if (message[0] === KIND.people) people.takeFromPeer(message.subarray(1));
    else if (message[0] === KIND.question) tell(people.here());
  });
  const ask = (): void => line.tell(Uint8Array.of(KIND.question));
  const stop = line.onReturn(() => {
    tell(people.here());
    ask();
  });
  ask();
  return {
    tell: () => tell(people.takeChangedHere()),
    ask,
    close() {
      stop();
      line.close();
    },
  };
}
