import type { FrameSource } from './frame-source.ts';

/** An answer whose head is here and whose body is still to be read. */
export interface OpenAnswer {
  status: number;
  headers: Pick<Headers, 'get'>;
  /** The next piece of the body; undefined at its end. Rejects when the connection breaks. */
  read(): Promise<Uint8Array | undefined>;
  /** The body as frames whose hashes were compared elsewhere; `read` then has nothing. */
  frames?: FrameSource;
  /** Lets the rest go. */
  cancel(): Promise<void>;
}

/**
 * Asks by a way of the platform that is quicker than `fetch`. Rejects as `fetch` does; undefined where only `fetch` will
 * do, which is then to be asked.
 */
export type PlatformGet = (
  url: string,
  init: { headers: Headers; signal: AbortSignal },
) => Promise<OpenAnswer | undefined>;

/** What `fetch` resolved to. */
export function openAnswer({ status, headers, body }: Response): OpenAnswer {
  const reader = body?.getReader();
  return {
    status,
    headers,
    read: async () => (await reader?.read())?.value,
    // A body that failed rejects its cancelling too; the failure was reported by the read.
    cancel: async () => reader?.cancel().catch(() => undefined),
  };
}

/** All of the body that is still to come. */
export async function restOf(answer: OpenAnswer): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  for (let piece = await answer.read(); piece !== undefined; piece = await answer.read()) pieces.push(piece);
  return new Uint8Array(await new Blob(pieces as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}

/** The one who was reading an answer is gone. What was read of it is good; the rest can be asked for again. */
export class AnswerLost extends Error {}
