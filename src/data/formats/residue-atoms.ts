import { frameArray, type FrameData } from '../../protocol/frames.ts';
import type { LoneIons } from './lone-ions.ts';
import { WordColumn } from './text/fixed-columns.ts';

/** The columns that PDB and mmCIF give for the atoms of one frame, while they are read. */
export abstract class ResidueAtoms {
  /** Elements of the atoms of which the file does not say them. */
  protected abstract readonly ions: LoneIons;
  protected readonly positions: number[] = [];
  protected readonly numbers: number[] = [];
  protected readonly residueNumbers: number[] = [];
  /** NaN where not given, as are B factors. */
  protected readonly occupancies: number[] = [];
  protected readonly bFactors: number[] = [];
  protected readonly atomNames: WordColumn = new WordColumn();
  protected readonly residueNames: WordColumn = new WordColumn();
  protected readonly chains: WordColumn = new WordColumn();
  protected readonly insertions: WordColumn = new WordColumn();
  protected readonly altlocs: WordColumn = new WordColumn();

  get count(): number {
    return this.numbers.length;
  }

  /** The columns as arrays of a frame; those that the file never fills are left out. */
  protected columns(): FrameData {
    const { codes: residues } = this.residueNames;
    const { codes: names } = this.atomNames;
    const { codes: chains } = this.chains;
    this.ions.settle(
      this.numbers,
      (atom, other) =>
        this.residueNumbers[atom] === this.residueNumbers[other] &&
        residues[atom] === residues[other] &&
        chains[atom] === chains[other] &&
        names[atom] !== names[other],
    );
    const data: FrameData = {
      positions: frameArray(Float32Array.from(this.positions), [this.count, 3]),
      numbers: frameArray(Uint8Array.from(this.numbers)),
      'arrays.atom_names': this.atomNames.toArray(),
      'arrays.residue_names': this.residueNames.toArray(),
      'arrays.residue_numbers': frameArray(Int32Array.from(this.residueNumbers)),
      'arrays.chain_ids': this.chains.toArray(),
    };
    if (this.insertions.isUsed) data['arrays.insertion_codes'] = this.insertions.toArray();
    if (this.altlocs.isUsed) data['arrays.altlocs'] = this.altlocs.toArray();
    for (const [key, values] of [
      ['arrays.occupancies', this.occupancies],
      ['arrays.b_factors', this.bFactors],
    ] as const) {
      if (values.some((value) => !Number.isNaN(value))) data[key] = frameArray(Float32Array.from(values));
    }
    return data;
  }
}
