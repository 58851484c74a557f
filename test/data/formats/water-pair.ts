import { writeXtcFrame } from '../../../src/data/formats/write/write-xtc.ts';
import { frameArray } from '../../../src/protocol/frames.ts';

/** A molecule of water as a topology. */
export const waterGro = (title = 'water'): string => `${title}
3
    1SOL     OW    1   0.000   0.000   0.000
    1SOL    HW1    2   0.096   0.000   0.000
    1SOL    HW2    3  -0.024   0.093   0.000
   2.00000   2.00000   2.00000
`;

/** A trajectory for it, without elements: the first atom is at x = frame angstrom, the others rest. */
export const walkXtc = (frames: number, atoms = 3): Buffer =>
  Buffer.concat(
    Array.from({ length: frames }, (_, frame) => {
      const positions = Float32Array.from({ length: atoms * 3 }, (_, at) => (at % 4 === 3 ? 1 : 0));
      positions[0] = frame;
      return writeXtcFrame({ positions: frameArray(positions, [atoms, 3]) }, { index: frame });
    }),
  );
