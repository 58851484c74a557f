/** What is used of y-redis 1.0.3, whose own types cannot be resolved. */
declare module 'y-redis' {
  import type { Doc } from 'yjs';

  interface Connection {
    status: string;
    on(event: 'ready', listener: () => void): void;
    on(event: 'error', listener: (error: Error) => void): void;
    rpush(key: string, ...values: Buffer[]): Promise<number>;
    publish(channel: string, message: string): Promise<number>;
    lrangeBuffer(key: string, start: number, stop: number): Promise<Buffer[]>;
    hset(key: string, ...values: string[]): Promise<number>;
    hsetnx(key: string, field: string, value: string): Promise<number>;
    hgetall(key: string): Promise<Record<string, string>>;
    sadd(key: string, member: string): Promise<number>;
    srem(key: string, member: string): Promise<number>;
    smembers(key: string): Promise<string[]>;
    del(...keys: string[]): Promise<number>;
    subscribe(channel: string): Promise<unknown>;
    disconnect(): void;
  }

  export class RedisPersistence {
    constructor(options: { redisOpts: object });
    readonly redis: Connection;
    readonly sub: Connection;
    readonly docs: ReadonlyMap<string, { getUpdates(): Promise<unknown> }>;
    bindState(name: string, doc: Doc): { synced: Promise<unknown> };
    closeDoc(name: string): Promise<unknown> | undefined;
  }
}
