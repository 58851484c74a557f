import type { ErrorCode, ErrorFields } from '../protocol/errors.ts';
import type { SentFrame } from './frame-source.ts';

/** What a page says to its worker. */
export type ToFrameWorker =
  /** Fetch this address; the number names the answer from now on. */
  | { ask: number; url: string; headers: [string, string][] }
  /** One group of frames was taken. */
  | { taken: number }
  | { cancel: number }
  | { ping: true };

/** What went wrong with an answer; without a code it is the network. */
export interface AnswerFailure {
  code?: ErrorCode;
  message: string;
  fields?: ErrorFields;
}

/** What a worker says of one answer. */
export type AnswerNews =
  | { head: { status: number; headers: [string, string][] }; body?: ArrayBuffer }
  | { frames: SentFrame[] }
  | { end: true }
  | { failure: AnswerFailure };

/** What a worker says to its page. */
export type FromFrameWorker = { ready: true } | { pong: true } | { of: number; news: AnswerNews };

/** One end of the line between a page and its worker. */
export interface FrameWorkerPort {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
}
