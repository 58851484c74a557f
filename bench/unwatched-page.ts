import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';

/** A page that is told what to do. */
export interface UnwatchedPage {
  /** The version of the browser. */
  readonly version: string;
  /** One command of the DevTools protocol. */
  send(method: string, params?: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** The value of an expression, or of what it promises. Rejects with what it throws. */
  evaluate(expression: string): Promise<unknown>;
  /** Time of the page's thread so far, milliseconds; what other threads and processes take does not count. */
  threadMs(): Promise<number>;
  close(): Promise<void>;
}

interface Reply {
  id?: number;
  result?: Record<string, unknown>;
  error?: { message: string };
}

/**
 * A page of a Chromium of its own. The tools that drive browsers in tests listen to the network, for which the page
 * keeps a copy of every body and tells of every piece: twice the time of its thread. Here nobody listens.
 */
export async function openUnwatchedPage(args: readonly string[] = []): Promise<UnwatchedPage> {
  const profile = mkdtempSync(join(tmpdir(), 'covalence-bench-'));
  const own = ['--headless=new', '--no-sandbox', '--no-first-run', '--disable-background-networking'];
  const found = [...own, '--remote-debugging-port=0', `--user-data-dir=${profile}`, ...args, 'about:blank'];
  const browser = spawn(process.env['CHROMIUM'] ?? '/usr/bin/chromium', found, { stdio: ['ignore', 'ignore', 'pipe'] });
  const { host } = new URL(await addressOf(browser));
  const ask = async (path: string): Promise<unknown> => (await fetch(`http://${host}${path}`)).json();
  const targets = (await ask('/json/list')) as { type: string; webSocketDebuggerUrl: string }[];
  const { Browser: version } = (await ask('/json/version')) as { Browser: string };
  const socket = new WebSocket(targets.find(({ type }) => type === 'page')?.webSocketDebuggerUrl ?? '');
  await once(socket, 'open');
  const waiting = new Map<number, (reply: Reply) => void>();
  socket.on('message', (data: Buffer) => {
    const reply = JSON.parse(data.toString()) as Reply;
    if (reply.id !== undefined) waiting.get(reply.id)?.(reply);
  });
  let id = 0;
  const send: UnwatchedPage['send'] = async (method, params = {}) => {
    id += 1;
    socket.send(JSON.stringify({ id, method, params }));
    const { error, result = {} } = await new Promise<Reply>((resolve) => waiting.set(id, resolve));
    waiting.delete(id);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  };
  await send('Page.enable');
  await send('Performance.enable', { timeDomain: 'threadTicks' });
  return {
    version,
    send,
    async evaluate(expression) {
      const { result, exceptionDetails } = (await send('Runtime.evaluate', {
        expression,
        awaitPromise: true,
        returnByValue: true,
      })) as { result: { value?: unknown }; exceptionDetails?: { text: string; exception?: { description?: string } } };
      if (exceptionDetails === undefined) return result.value;
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    },
    async threadMs() {
      const { metrics } = (await send('Performance.getMetrics')) as { metrics: { name: string; value: number }[] };
      return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
    },
    async close() {
      socket.close();
      browser.kill();
      await once(browser, 'exit');
      rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
    },
  };
}

/** Where the browser listens, once it says so. */
async function addressOf(browser: ChildProcess): Promise<string> {
  let said = '';
  return new Promise((resolve, reject) => {
    browser.stderr?.on('data', (text: Buffer) => {
      said += text.toString();
      const address = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
      if (address !== undefined) resolve(address);
    });
    browser.once('exit', () => reject(new Error(`Chromium ended before it listened:\n${said}`)));
  });
}
