/** Seeded noise: every contender and every run sees the same atoms. */
function noise(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * A box of water of liquid density, 0.1 atoms per cubic angstrom: oxygen and two hydrogens in turn, whole molecules on a
 * lattice, turned and shaken. `frames` holds (N,3) positions in angstrom; molecules tremble from frame to frame.
 */
export function waterBox(atomCount, frameCount) {
  const molecules = Math.ceil(atomCount / 3);
  const side = Math.ceil(Math.cbrt(molecules));
  const step = Math.cbrt(30);
  const random = noise(20_261_121);
  const numbers = new Uint8Array(atomCount);
  const first = new Float32Array(3 * atomCount);
  for (let molecule = 0; molecule < molecules; molecule += 1) {
    const at = [molecule % side, Math.floor(molecule / side) % side, Math.floor(molecule / side / side)];
    const turn = 2 * Math.PI * random();
    const tilt = Math.acos(2 * random() - 1);
    const [s, c] = [Math.sin(tilt), Math.cos(tilt)];
    const axis = [s * Math.cos(turn), s * Math.sin(turn), c];
    const aside = [c * Math.cos(turn), c * Math.sin(turn), -s];
    for (let k = 0; k < 3; k += 1) {
      const atom = 3 * molecule + k;
      if (atom >= atomCount) break;
      numbers[atom] = k === 0 ? 8 : 1;
      for (let d = 0; d < 3; d += 1) {
        const arm = k === 0 ? 0 : 0.5859 * axis[d] + (k === 1 ? 0.7572 : -0.7572) * aside[d];
        first[3 * atom + d] = (at[d] + 0.5) * step + arm;
      }
    }
  }
  const frames = Array.from({ length: frameCount }, (_, frame) => {
    if (frame === 0) return first;
    const moved = new Float32Array(first);
    for (let molecule = 0; molecule < molecules; molecule += 1)
      for (let d = 0; d < 3; d += 1) {
        const shift = 0.3 * (random() - 0.5);
        for (let k = 0; k < 3; k += 1) {
          const at = 3 * (3 * molecule + k) + d;
          if (at < moved.length) moved[at] += shift;
        }
      }
    return moved;
  });
  return { atomCount, numbers, frames, edge: side * step, bonds: 2 * Math.floor(atomCount / 3) };
}

/** What the peers read: a PDB of `count` models, serial numbers and residue numbers wrapping as the columns demand. */
export function pdbOf(box, count = 1) {
  const parts = [];
  for (let model = 0; model < count; model += 1) {
    const positions = box.frames[model];
    if (count > 1) parts.push(`MODEL     ${String(model + 1).padStart(4)}\n`);
    for (let atom = 0; atom < box.atomCount; atom += 1) {
      const isOxygen = box.numbers[atom] === 8;
      const name = isOxygen ? ' O  ' : atom % 3 === 1 ? ' H1 ' : ' H2 ';
      const serial = String((atom + 1) % 100_000).padStart(5);
      const residue = String((Math.floor(atom / 3) + 1) % 10_000).padStart(4);
      const chain = String.fromCharCode(65 + (Math.floor(atom / 29_997) % 26));
      let place = '';
      for (let d = 0; d < 3; d += 1) place += positions[3 * atom + d].toFixed(3).padStart(8);
      parts.push(
        `HETATM${serial} ${name} HOH ${chain}${residue}    ${place}  1.00  0.00           ${isOxygen ? 'O' : 'H'}\n`,
      );
    }
    if (count > 1) parts.push('ENDMDL\n');
  }
  parts.push('END\n');
  return parts.join('');
}
