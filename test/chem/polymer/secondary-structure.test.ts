import { describe, expect, it } from 'vitest';
import { polymerTrace } from '../../../src/chem/polymer/polymer-trace.ts';
import { joinedResidues, secondaryStructure } from '../../../src/chem/polymer/secondary-structure.ts';
import { frameArray, isFrameArray, type FrameData } from '../../../src/protocol/frames.ts';
import { hasData, needsData, openBytes, readData } from '../../data/formats/real-data.ts';

async function frameOf(path: string): Promise<FrameData> {
  const { trajectory } = await openBytes(path.split('/').at(-1) ?? path, readData(path));
  return await trajectory.read(0);
}

function placesOf(data: FrameData): ArrayLike<number> {
  return isFrameArray(data.positions) ? data.positions.data : [];
}

/** Helix, strand and coil as letters, one a residue. */
function letters(data: FrameData, isBare = false): string {
  const trace = polymerTrace(data)!;
  const bare = new Int32Array(trace.count).fill(-1);
  const asked = isBare ? { ...trace, nitrogens: bare, carbons: bare, facing: bare } : trace;
  return [...secondaryStructure(asked, placesOf(data))].map((kind) => '-HE'[kind]).join('');
}

/** Share of residues that two assignments call alike. */
function agreement(one: string, other: string): number {
  return one.split('').filter((letter, i) => letter === other[i]).length / one.length;
}

/** Ranges of residue numbers, from 1, as HELIX and SHEET records of the file give them. */
function fromRecords(path: string, chain: string, length: number): string {
  const kinds = Array.from({ length }, () => '-');
  for (const line of Buffer.from(readData(path)).toString('latin1').split('\n')) {
    const [at, from, to, kind] = line.startsWith('HELIX ')
      ? [19, 21, 33, 'H']
      : line.startsWith('SHEET ')
        ? [21, 22, 33, 'E']
        : [0, 0, 0, ''];
    if (kind === '' || line[at] !== chain) continue;
    for (let i = Number(line.slice(from, from + 4)); i <= Number(line.slice(to, to + 4)); i += 1) kinds[i - 1] = kind;
  }
  return kinds.join('');
}

describe.skipIf(!hasData)(`chains of real structures${needsData}`, () => {
  it('[C300] the trace of a protein is its alpha carbons; ions, ligands and water belong to no chain', async () => {
    const data = await frameOf('pdb/4hhb.pdb');
    const trace = polymerTrace(data)!;
    expect(trace.count).toBe(141 * 2 + 146 * 2);
    const joined = joinedResidues(trace, placesOf(data));
    expect(joined.filter((each) => each === 0)).toHaveLength(4);
    expect(trace.residueOf.filter((each) => each < 0)).toHaveLength(4 * 43 + 2 + 221);
    expect(trace.isWater.reduce((sum, each) => sum + each, 0)).toBe(221);
  });

  it('[C301] helices and strands of crambin are those its authors found', async () => {
    const data = await frameOf('pdb/1crn.pdb');
    const found = letters(data);
    const given = fromRecords('pdb/1crn.pdb', 'A', 46);
    expect(agreement(found, given), `${found}\n${given}`).toBeGreaterThan(0.8);
    expect(agreement(letters(data, true), given), 'from alpha carbons alone').toBeGreaterThan(0.75);
  });

  it('[C301] haemoglobin is helices', async () => {
    const data = await frameOf('pdb/4hhb.pdb');
    const found = letters(data).slice(0, 141);
    const given = fromRecords('pdb/4hhb.pdb', 'A', 141);
    expect(agreement(found, given), `${found}\n${given}`).toBeGreaterThan(0.85);
    expect(agreement(letters(data, true).slice(0, 141), given), 'from alpha carbons alone').toBeGreaterThan(0.75);
  });

  it('[C301] strands of a barrel lie where bridges are, and nothing is found in a stretched chain', async () => {
    const barrel = letters(await frameOf('cif/1cbs_updated.cif'));
    expect(barrel.match(/E{4,}/g)).toHaveLength(10);
    expect(barrel.match(/H{5,}/g)).toHaveLength(2);
    expect(letters(await frameOf('pdb/17-ala.pdb'))).toBe('-'.repeat(17));
  });
});

describe('odd chains', () => {
  it.each([
    ['no names', { positions: [0, 0, 0], numbers: [6] }],
    ['no chain', { positions: [0, 0, 0], numbers: [20], names: ['CA'] }],
  ])(
    '[C300] %s: no trace',
    (_, { positions, numbers, names }: { positions: number[]; numbers: number[]; names?: string[] }) => {
      const data: FrameData = {
        positions: frameArray(Float32Array.from(positions), [numbers.length, 3]),
        numbers: frameArray(Uint8Array.from(numbers)),
      };
      if (names) {
        data['arrays.atom_names'] = {
          dtype: '<i4',
          shape: [names.length],
          data: Int32Array.from(names.keys()),
          table: names,
        };
        data['arrays.residue_numbers'] = frameArray(Int32Array.from(numbers));
      }
      expect(polymerTrace(data)).toBeUndefined();
    },
  );

  it('[C300] a place that is not a number, a gap and another chain end a stretch', () => {
    const count = 8;
    const positions = Float32Array.from({ length: 3 * count }, (_, i) => (i % 3 === 0 ? 3.8 * (i / 3) : 0));
    positions[3 * 2] = Number.NaN;
    for (let i = 5; i < count; i += 1) positions[3 * i] += 20;
    const data: FrameData = {
      positions: frameArray(positions, [count, 3]),
      numbers: frameArray(new Uint8Array(count).fill(6)),
      'arrays.atom_names': { dtype: '<i4', shape: [count], data: new Int32Array(count), table: ['CA'] },
      'arrays.residue_numbers': frameArray(Int32Array.from({ length: count }, (_, i) => i)),
      'arrays.chain_ids': {
        dtype: '<i4',
        shape: [count],
        data: Int32Array.of(0, 0, 0, 0, 0, 0, 0, 1),
        table: ['A', 'B'],
      },
    };
    const trace = polymerTrace(data)!;
    expect([...joinedResidues(trace, positions)]).toEqual([0, 1, 0, 0, 1, 0, 1, 0]);
    expect([...secondaryStructure(trace, positions)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });
});
