/**
 * A Covalence server in a program of your own.
 *
 * ```ts
 * import { createServer } from 'covalence/server';
 *
 * const server = await createServer({ port: 8080, dataDirectory: './covalence-data' });
 * await server.listen();
 * const name = await server.openFile('traj.xyz');
 * console.log(server.link(name));
 * ```
 */
export { type CovalenceServer, createServer, type ServerOptions } from './server.ts';
export type { IndexingProgress } from './open-house.ts';
export type { SourceReading } from './data/source-reading.ts';
export type { ServerLog } from './server-log.ts';
export { yRedisDocStore, type YRedisDocStoreOptions } from './redis/y-redis-doc-store.ts';
export type { RedisOptions } from './redis/reach-redis.ts';
export type {
  ClientOwner,
  DocEntry,
  DocStore,
  DocWatcher,
  Durability,
  StoredDoc,
  StoreHealth,
} from './sync/doc-store.ts';
export { signToken, type TokenClaims } from './access/signed-token.ts';
export { CAPABILITIES, type Capability } from '../protocol/capabilities.ts';
