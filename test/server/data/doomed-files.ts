import { type FileHandle, open } from 'node:fs/promises';

/** Files whose process dies before one of their steps. */
export interface DoomedFiles {
  open(path: string, flags: string): Promise<FileHandle>;
  /** The next failure of a write, once. */
  failNext(code: string, when: 'before' | 'after'): void;
  /** From now on the steps are counted. */
  arm(atStep: number): void;
  readonly died: Promise<void>;
  /** Closes what the dead process had open. */
  bury(): Promise<void>;
}

/** Files that live until they are armed. A write that dies is done by half; nothing settles after that. */
export function doomedFiles(): DoomedFiles {
  const files: FileHandle[] = [];
  const never = new Promise<never>(() => undefined);
  let left = Number.POSITIVE_INFINITY;
  let failure: { code: string; when: 'before' | 'after' } | undefined;
  let tellDeath = (): void => undefined;
  const died = new Promise<void>((resolve) => (tellDeath = resolve));
  const fail = (when: 'before' | 'after'): void => {
    if (failure?.when !== when) return;
    const { code } = failure;
    failure = undefined;
    throw Object.assign(new Error(code), { code });
  };

  return {
    died,
    failNext(code, when) {
      failure = { code, when };
    },
    arm(atStep) {
      left = atStep;
    },
    async bury() {
      for (const file of files.splice(0)) await file.close().catch(() => undefined);
    },
    async open(path, flags) {
      if (left <= 0) return never;
      const file = await open(path, flags);
      files.push(file);
      return new Proxy(file, {
        get(target, property) {
          const value: unknown = Reflect.get(target, property);
          if (typeof value !== 'function') return value;
          if (property !== 'write' && property !== 'datasync' && property !== 'truncate') return value.bind(target);
          return async (...args: unknown[]) => {
            left -= 1;
            if (left <= 0) {
              if (left === 0 && property === 'write') {
                const [bytes, offset, length, position] = args as [Uint8Array, number, number, number];
                await target.write(bytes, offset, Math.floor(length / 2), position);
              }
              tellDeath();
              return never;
            }
            if (property === 'write') fail('before');
            const answer: unknown = await (value as (...given: unknown[]) => unknown).apply(target, args);
            if (property === 'datasync') fail('after');
            return answer;
          };
        },
      });
    },
  };
}
