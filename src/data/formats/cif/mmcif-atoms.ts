import { frameArray, type FrameData } from '../../../protocol/frames.ts';
import { numberOfText } from '../text/parse-number.ts';
import { guessElement } from '../guess-element.ts';
import { LoneIons } from '../lone-ions.ts';
import { ResidueAtoms } from '../residue-atoms.ts';
import { numberOfSpecies } from '../xyz/species.ts';
import type { AtomSiteColumns } from './atom-site-columns.ts';

/** Text of a column of an atom, nothing where there is none. */
export type Cell = (column: number) => string;

/** The atoms of one model of a macromolecule while they are read. */
export class MmcifAtoms extends ResidueAtoms {
  private readonly charges: number[] = [];
  protected readonly ions: LoneIons = new LoneIons(guessElement);
  private readonly elements = new Map<string, number>();
  /** Places of atoms by the names that connections use; only where there are connections. */
  private readonly places: Map<string, number> | undefined;

  constructor(hasConnections: boolean) {
    super();
    if (hasConnections) this.places = new Map();
  }

  add(columns: AtomSiteColumns, cell: Cell, position: readonly number[]): void {
    const name = cell(columns.atomName);
    const residue = cell(columns.residueName);
    this.positions.push(position[0], position[1], position[2]);
    this.numbers.push(this.element(cell(columns.symbol)) || this.ions.element(this.count, name, residue));
    this.atomNames.add(name);
    this.residueNames.add(residue);
    this.chains.add(cell(columns.chain));
    this.residueNumbers.push(whole(cell(columns.residueNumber)));
    this.insertions.add(cell(columns.insertion));
    this.altlocs.add(cell(columns.altloc));
    this.occupancies.push(numberOfText(cell(columns.occupancy)) ?? Number.NaN);
    this.bFactors.push(numberOfText(cell(columns.bFactor)) ?? Number.NaN);
    this.charges.push(whole(cell(columns.charge)));
    if (this.places === undefined) return;
    const keys = columns.keys.map(cell);
    const place = this.count - 1;
    const key = connectionKey(keys);
    if (!this.places.has(key)) this.places.set(key, place);
    // A connection that names no alternative means the first.
    const first = connectionKey([...keys.slice(0, 5), '']);
    if (!this.places.has(first)) this.places.set(first, place);
  }

  /** The frame; `connections` are rows of `CONNECTION_COLUMNS`. */
  data(cell: Float64Array | undefined, connections: readonly (readonly string[])[]): FrameData {
    const data = this.columns();
    if (this.charges.some((charge) => charge !== 0)) {
      data['arrays.formal_charges'] = frameArray(Int32Array.from(this.charges));
    }
    if (cell !== undefined)
      Object.assign(data, { cell: frameArray(cell, [3, 3]), pbc: frameArray(Uint8Array.of(1, 1, 1)) });
    const links = this.links(connections);
    if (links.length > 0) data['info.links'] = frameArray(Int32Array.from(links), [links.length / 2, 2]);
    return data;
  }

  /** Pairs of atoms of the connections that are bonds within the asymmetric unit, each once. */
  private links(connections: readonly (readonly string[])[]): number[] {
    const pairs: number[] = [];
    const seen = new Set<string>();
    for (const [kind, ...partners] of connections) {
      if (!/^(?:covale|disulf|metalc|modres)/.test(kind)) continue;
      const ends = [partners.slice(0, 7), partners.slice(7)].map(([asym, comp, seq, atom, authSeq, alt, symmetry]) =>
        symmetry === '' || symmetry === '1_555'
          ? this.places?.get(connectionKey([asym, comp, seq, atom, authSeq, alt]))
          : undefined,
      );
      const [first, second] = ends;
      if (first === undefined || second === undefined || first === second) continue;
      const key = `${Math.min(first, second)} ${Math.max(first, second)}`;
      if (seen.has(key)) continue;
      seen.add(key);
      pairs.push(Math.min(first, second), Math.max(first, second));
    }
    return pairs;
  }

  private element(symbol: string): number {
    let number = this.elements.get(symbol);
    if (number === undefined) this.elements.set(symbol, (number = symbol === '' ? 0 : numberOfSpecies(symbol)));
    return number;
  }
}

function connectionKey(keys: readonly string[]): string {
  return keys.join('\n');
}

function whole(text: string): number {
  const value = Number(text);
  return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? value : 0;
}
