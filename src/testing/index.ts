/**
 * Contract suites: what every provider, transport and store must do, as plain lists of named cases for any test runner.
 *
 * ```ts
 * import { dataProviderContract } from 'covalence/testing';
 *
 * for (const { title, run } of dataProviderContract(harness)) test(title, run);
 * ```
 */
export { blobStoreContract } from './blob-store-contract.ts';
export type { BlobStoreHarness } from './blob-store-contract.ts';
export { commitLogContract } from './commit-log-contract.ts';
export type { CommitLogHarness } from './commit-log-contract.ts';
export type { ContractCase } from './contract.ts';
export { contractFrames } from './contract-frames.ts';
export { dataProviderContract } from './data-provider-contract.ts';
export type { DataProviderHarness } from './data-provider-contract.ts';
export { docStoreContract } from './doc-store-contract.ts';
export type { DocStoreHarness } from './doc-store-contract.ts';
export { frameWriterContract } from './frame-writer-contract.ts';
export type { WritableProvider } from './writable-provider.ts';
export { transportContract } from './transport-contract.ts';
export type { TransportHarness, TransportRig } from './transport-contract.ts';
