import { expect, it } from 'vitest';
import { BondKeeper } from '../../../src/components/scene/bond-keeper.ts';
import { cellCorners } from '../../../src/components/scene/extent.ts';
import { sceneFrameOf } from '../../../src/components/viewer/scene-frame.ts';
import type { SceneFrame } from '../../../src/components/scene/scene-view.ts';
import { frameOf } from './read-text.ts';

const atom = (serial: number, name: string, residue: string, number: number, x: number, element: string): string =>
  `HETATM${String(serial).padStart(5)} ${name.padEnd(4)} ${residue.padEnd(3)} A${String(number).padStart(4)}    ${x.toFixed(3).padStart(8)}   0.000   0.000  1.00  0.00          ${element.padStart(2)}\n`;

async function scene(text: string, name = 'a.pdb'): Promise<SceneFrame> {
  const data = await frameOf(name, text);
  const frame = sceneFrameOf({ id: 'a', index: 0, version: 1, hashes: {}, data });
  if (frame === undefined) throw new Error('no frame');
  return frame;
}

function bondsOf(frame: SceneFrame): string[] {
  const keeper = new BondKeeper(
    () => undefined,
    () => 0,
  );
  keeper.setFrame(frame, true);
  const { records, count } = keeper.table;
  keeper.cancel();
  return Array.from({ length: count }, (_, k) =>
    [records[4 * k], records[4 * k + 1]].sort((a, b) => a - b).join('-'),
  ).sort();
}

it('[F80] bonds of some atoms are drawn besides those that are perceived, bonds of all alone', async () => {
  // C-C perceived at 1.5; the CONECT of a long Zn-S bond would not be.
  const some =
    atom(1, 'C1', 'LIG', 1, 0, 'C') +
    atom(2, 'C2', 'LIG', 1, 1.5, 'C') +
    atom(3, 'ZN', 'ZN', 2, 6, 'ZN') +
    atom(4, 'S', 'LIG', 1, 9.2, 'S');
  const frame = await scene(`${some}CONECT    3    4\nEND\n`);
  expect(frame.bonds).toBeUndefined();
  expect(bondsOf(frame)).toEqual(['0-1', '2-3']);
  // A link that is perceived too is drawn once.
  expect(bondsOf(await scene(`${some}CONECT    1    2\nEND\n`))).toEqual(['0-1']);
  // All atoms have one: no others are looked for.
  const all = await scene(
    `${some.split('\n').slice(0, 2).join('\n')}\n${atom(3, 'C3', 'LIG', 1, 3, 'C')}CONECT    1    3    2\nEND\n`,
  );
  expect(bondsOf(all)).toEqual(['0-1', '0-2']);
});

it('[F80] the bonds of a molfile are those drawn, and no others', async () => {
  const line = (x: number): string => `${x.toFixed(4).padStart(10)}    0.0000    0.0000 C   0  0\n`;
  const text = `a\n\n\n  3  1  0  0  0  0            999 V2000\n${line(0)}${line(1.5)}${line(3)}  1  3  1  0\nM  END\n`;
  expect(bondsOf(await scene(text, 'a.mol'))).toEqual(['0-2']);
  const none = text.replace('  3  1', '  3  0').replace('  1  3  1  0\n', '');
  expect(bondsOf(await scene(none, 'a.mol'))).toEqual([]);
});

it('[F80] a cell is drawn where its corner is', async () => {
  const text =
    'ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n1\nITEM: BOX BOUNDS pp pp pp\n-1 9\n2 12\n-3 7\nITEM: ATOMS id x y z\n1 0 3 0\n';
  const corners = cellCorners(await scene(text, 'a.lammpstrj'));
  expect(corners[0]).toEqual([-1, 2, -3]);
  expect(corners[7]).toEqual([9, 12, 7]);
});
