// Selects the atoms that feel the largest forces in one frame, for everybody in the room.
// node examples/program/select-strained.mjs http://127.0.0.1:8080/r/droplets [frame] [how many]
import { isFrameArray, openRoom } from 'covalence';

const [address = 'http://127.0.0.1:8080/r/droplets', index = '0', count = '10'] = process.argv.slice(2);

const room = await openRoom(address, { user: { name: 'Program' } });
try {
  const frame = await room.frames.read(Number(index), { data: ['forces'] });
  const { forces } = frame.data;
  if (!isFrameArray(forces)) throw new Error(`Frame ${index} has no forces.`);
  const strength = (atom) => Math.hypot(...forces.data.slice(3 * atom, 3 * atom + 3));
  const atoms = Array.from({ length: forces.shape[0] }, (_, atom) => atom)
    .sort((a, b) => strength(b) - strength(a))
    .slice(0, Number(count));

  room.selections.add({ display_name: `Strained in frame ${index}`, particle_ids: atoms.toSorted((a, b) => a - b) });
  await room.state.whenSaved();
  process.stdout.write(`${atoms.length} atoms selected, up to ${strength(atoms[0]).toFixed(2)} eV/Å.\n`);
} finally {
  await room.close();
}
