// What a page loads at once, in bytes of gzip -9: ours as scripts/size.mjs counts it, the peers' own builds.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const PEERS = [
  ['3Dmol-min.js', '3dmol/build/3Dmol-min.js'],
  ['ngl.js', 'ngl/dist/ngl.js'],
  ['Mol* viewer, molstar.js', 'molstar/build/viewer/molstar.js'],
];

/** Names and bytes. Ours needs `npm run build` before. */
export function bundleSizes(peers) {
  const script = fileURLToPath(new URL('../../scripts/size.mjs', import.meta.url));
  const report = execFileSync(process.execPath, [script], { encoding: 'utf8' });
  const own = (name) => 1000 * Number(new RegExp(`([\\d.]+)\\s+\\d*\\s*${name}$`, 'm').exec(report)?.[1]);
  return [
    ['Covalence, the viewer alone', own('viewer alone')],
    ['Covalence, embed.js: room, timeline, people too', own('embed\\.js')],
    ...PEERS.filter(([, path]) => existsSync(join(peers, path))).map(([name, path]) => [
      name,
      gzipSync(readFileSync(join(peers, path)), { level: 9 }).byteLength,
    ]),
  ];
}
