import { randomBytes } from 'node:crypto';
import type { PeerChannel } from '../sync/peer-channel.ts';
import type { RedisLink } from './redis-link.ts';

const NAME_BYTE_LENGTH = 12;

/** Servers that share a Redis tell each other what is not stored; each message begins with the name of its sender. */
export function redisPeerChannel(link: RedisLink): PeerChannel {
  const own = randomBytes(NAME_BYTE_LENGTH);
  return {
    join(room, listener) {
      const channel = `${link.prefix}peers:${room}`;
      const stop = link.subscribe(channel, (message) => {
        if (!message.subarray(0, NAME_BYTE_LENGTH).equals(own)) listener(message.subarray(NAME_BYTE_LENGTH));
      });
      return {
        tell: (message) => link.publish(channel, Buffer.concat([own, message])),
        onReturn: (returned) => link.onReady(() => returned()),
        close: stop,
      };
    },
  };
}
