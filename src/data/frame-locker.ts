import type { LockRecord } from '../protocol/ledger.ts';
import type { DataProvider } from './provider.ts';

/** How a lock is asked for. */
export interface LockRequest {
  /** Shown to those who are kept out. */
  message?: string;
  /** Name of the person, where the provider does not know it. */
  holder?: string;
  /** Milliseconds until it must be renewed; at most 60,000. */
  ttlMs?: number;
  signal?: AbortSignal;
}

/** A lock as its holder knows it; the token is told to nobody else. */
export interface LockGrant {
  name: string;
  token: string;
  /** Number of the grant in the log: it only grows. */
  fence: number;
  expiresInMs: number;
}

/** A provider that gives leases of any name. A lock whose name is the id of a frame keeps others from changing it. */
export interface FrameLocker {
  /** Rejects with `lock/held` while another has it, `lock/invalid`. */
  grantLock(name: string, request?: LockRequest): Promise<LockGrant>;
  /** Begins the lease anew. Rejects with `lock/lost` when it is no longer in force. */
  renewLock(name: string, token: string, options?: { ttlMs?: number; signal?: AbortSignal }): Promise<LockGrant>;
  /** Rejects with `lock/lost` when it is no longer in force. */
  releaseLock(name: string, token: string): Promise<void>;
  /** The locks in force, without their tokens. */
  listLocks(options?: { signal?: AbortSignal }): Promise<LockRecord[]>;
}

/** True when the provider gives locks. */
export function isFrameLocker(provider: DataProvider): provider is DataProvider & FrameLocker {
  return 'grantLock' in provider;
}
