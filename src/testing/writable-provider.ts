import type { DataProvider, FrameWriter } from '../data/provider.ts';

/** A provider that reads and writes. */
export type WritableProvider = DataProvider & FrameWriter;
