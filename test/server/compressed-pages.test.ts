import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { createServer } from '../../src/server/server.ts';

/** What is sent, not decoded. */
function sent(url: string, accepted?: string): Promise<{ headers: IncomingHttpHeaders; body: Buffer }> {
  return new Promise((resolve, reject) => {
    get(url, { headers: accepted === undefined ? {} : { 'accept-encoding': accepted } }, (response) => {
      buffer(response).then((body) => resolve({ headers: response.headers, body }), reject);
    }).on('error', reject);
  });
}

it('[V345] code and pages travel compressed to who takes it, whole to who does not, and anew when they changed', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'covalence-pages-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await mkdir(join(directory, 'assets'));
  const code = 'export const atom = 1;\n'.repeat(500);
  const file = join(directory, 'assets', 'code.js');
  await writeFile(file, code);
  await writeFile(join(directory, 'assets', 'short.js'), 'export {};');
  await writeFile(join(directory, 'assets', 'picture.png'), code);
  const server = await createServer({ port: 0, pagesDirectory: directory });
  await server.listen();
  onTestFinished(() => server.close());
  const assets = `${server.url}/r/assets`;

  for (const accepted of ['gzip, deflate, br', 'br;q=1.0, GZIP;q=0.5', '*']) {
    const { headers, body } = await sent(`${assets}/code.js`, accepted);
    expect(headers, accepted).toMatchObject({
      'content-encoding': 'gzip',
      'content-length': String(body.length),
      'content-type': 'text/javascript; charset=utf-8',
      vary: 'accept-encoding',
    });
    expect(body.length).toBeLessThan(code.length / 10);
    expect(gunzipSync(body).toString()).toBe(code);
  }
  for (const accepted of [undefined, 'identity', 'br', 'gzip;q=0', 'gzip; q=0.00, br']) {
    const { headers, body } = await sent(`${assets}/code.js`, accepted);
    expect(headers['content-encoding'], accepted).toBeUndefined();
    expect(headers.vary).toBe('accept-encoding');
    expect(body.toString()).toBe(code);
  }
  for (const name of ['short.js', 'picture.png'])
    expect((await sent(`${assets}/${name}`, 'gzip')).headers['content-encoding'], name).toBeUndefined();

  await writeFile(file, `${code}// more`);
  expect(gunzipSync((await sent(`${assets}/code.js`, 'gzip')).body).toString()).toBe(`${code}// more`);
});
