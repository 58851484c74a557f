// The code of README.md, so that tsc checks it. Do not edit: run this test with COVALENCE_UPDATE=1.
import { frameArray, isCovalenceError, isFrameArray, openRoom } from 'covalence';

await using room = await openRoom(process.env['COVALENCE_README_URL'] ?? '', { user: { name: 'Ada' } });

room.selections.add({ display_name: 'first molecule', particle_ids: [0, 1, 2] });
room.state.ref('scene.box').set({ visible: false });

const frame = await room.frames.read(0, { data: ['positions'] });
const { positions } = frame.data;
if (!isFrameArray(positions)) throw new Error('This frame has no positions.');
const moved = frameArray(
  Float64Array.from(positions.data, (x) => x + 0.1),
  positions.shape,
);
await room.frames.write(frame.id, { positions: moved }, { baseVersion: frame.version });

try {
  await room.frames.write(frame.id, { positions: moved }, { baseVersion: frame.version });
} catch (error) {
  if (isCovalenceError(error, 'frame/conflict')) console.log(error.message, error.fields.version);
}
