import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { RedisServer } from './redis-server.ts';

/** The way from a server to its Redis, which may break at any place. What it is told happens to the next that passes. */
export interface LineToRedis {
  readonly url: string;
  /** The next question finds Redis without memory; as soon as it is answered there is room again. */
  fillOnce(): void;
  /** The next answer is lost, and the connection with it. */
  loseAnswer(): void;
  /** From now on what passes is counted; number `atStep` passes by half when it is a question, else not at all. */
  arm(atStep: number, onDeath?: () => Promise<void>): void;
  /** Resolves when the armed step was reached. Nothing passes from then on. */
  readonly died: Promise<void>;
}

/** A proxy before a real Redis, ended with the test. */
export async function lineTo(redis: RedisServer): Promise<LineToRedis> {
  const sockets = new Set<Socket>();
  let left = Number.POSITIVE_INFINITY;
  let isFull: 'no' | 'next' | 'now' = 'no';
  let isLosing = false;
  let bury = async (): Promise<void> => {};
  let tellDeath = (): void => undefined;
  const died = new Promise<void>((resolve) => (tellDeath = resolve));
  const limit = (bytes: number): Promise<string> => redis.ask('CONFIG', 'SET', 'maxmemory', String(bytes));

  const die = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await bury();
    tellDeath();
  };
  /** True when the step may be taken. */
  const step = (): boolean => (left -= 1) > 0;

  const server = createServer((near) => {
    const far = connect(redis.port, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ]) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    if (left <= 0) near.destroy();
    // One after the other, also where a step has to wait.
    let turn: Promise<unknown> = Promise.resolve();
    near.on('data', (bytes) => {
      turn = turn.then(async () => {
        if (left <= 0) return;
        if (isFull === 'next' && bytes.includes('EVAL')) {
          isFull = 'now';
          await limit(1);
        }
        if (step()) far.write(bytes);
        else far.write(bytes.subarray(0, bytes.length >> 1), () => void die());
      });
    });
    far.on('data', (bytes) => {
      turn = turn.then(async () => {
        if (left <= 0) return;
        if (isFull === 'now') {
          isFull = 'no';
          await limit(0);
        }
        if (isLosing) {
          isLosing = false;
          near.destroy();
        } else if (step()) near.write(bytes);
        else await die();
      });
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `redis://127.0.0.1:${address.port}`,
    died,
    fillOnce() {
      isFull = 'next';
    },
    loseAnswer() {
      isLosing = true;
    },
    arm(atStep, onDeath) {
      left = atStep;
      if (onDeath !== undefined) bury = onDeath;
    },
  };
}
