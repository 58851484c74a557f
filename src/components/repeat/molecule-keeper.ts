import { MoleculeGraph } from '../../chem/molecules.ts';
import { BondKeeper, unpackShift } from '../scene/bond-keeper.ts';
import type { SceneFrame } from '../scene/scene-view.ts';
import type { MoleculeBonds } from './arrange-frame.ts';

/** Knows which atoms of the frames shown make molecules. Of many atoms that is found in slices, and told then. */
export class MoleculeKeeper {
  readonly #bonds: BondKeeper;
  #frame: SceneFrame | undefined;
  #known: (MoleculeBonds & { atomCount: number }) | undefined;
  #version = -1;

  /** `changed` is called when the molecules of the frame asked for last were found, and are others. */
  constructor(changed: () => void) {
    this.#bonds = new BondKeeper(
      () => {
        if (this.#bonds.version !== this.#version) changed();
      },
      () => performance.now(),
    );
  }

  /** The bonds of a frame, or those found last while its own are being found: before the first are, each atom is alone. */
  bondsOf(frame: SceneFrame): MoleculeBonds {
    const before = this.#frame;
    const isSame = before?.positions === frame.positions && before.bonds === frame.bonds && before.cell === frame.cell;
    if (!isSame || before.numbers !== frame.numbers) {
      this.#frame = frame;
      this.#bonds.setFrame(frame, !haveEqualAtoms(before, frame));
    }
    const { version } = this.#bonds;
    if (version === this.#version && this.#known?.atomCount === frame.atomCount) return this.#known;
    this.#version = version;
    const { table } = this.#bonds;
    const { atomCount } = frame;
    this.#known = { graph: graphOf(table, atomCount), isNear: nearOf(table, frame), atomCount };
    return this.#known;
  }

  close(): void {
    this.#bonds.cancel();
  }
}

type Table = BondKeeper['table'];

/** Bonds that a source gives go to the nearest image, whatever the cell; those found by distance say to which. */
function nearOf({ wraps }: Table, { bonds }: SceneFrame): MoleculeBonds['isNear'] {
  return bonds === undefined ? wraps : undefined;
}

function graphOf({ records, count }: Table, atomCount: number): MoleculeGraph {
  const pairs = new Uint32Array(2 * count);
  const shifts = new Int16Array(3 * count);
  for (let bond = 0; bond < count; bond += 1) {
    pairs[2 * bond] = records[4 * bond];
    pairs[2 * bond + 1] = records[4 * bond + 1];
    unpackShift(records[4 * bond + 2], shifts, 3 * bond);
  }
  return new MoleculeGraph({ count, pairs, shifts }, atomCount);
}

function haveEqualAtoms(a: SceneFrame | undefined, b: SceneFrame): boolean {
  if (a?.atomCount !== b.atomCount) return false;
  for (let atom = 0; atom < b.atomCount; atom += 1) if (a.numbers[atom] !== b.numbers[atom]) return false;
  return true;
}
