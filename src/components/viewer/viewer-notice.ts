import type { CovalenceError } from '../../protocol/errors.ts';
import type { Frame } from '../../protocol/frames.ts';
import type { Room } from '../../room/room.ts';
import { formatBytes, formatPlural } from '../format-number.ts';
import { atomCountOf } from './scene-frame.ts';
import type { Notice } from './overlay.ts';

/** What a viewer knows about itself. */
export interface ViewerSituation {
  error: CovalenceError | undefined;
  frameError: CovalenceError | undefined;
  frame: Frame | undefined;
  room: Room | undefined;
  isOpening: boolean;
}

/** What a viewer is called for those who cannot see it, unless the page says better. */
export function viewerDescription(atomCount: number | undefined): string {
  return atomCount === undefined ? 'Molecule viewer' : `Molecule viewer, ${formatPlural(atomCount, 'atom')}`;
}

/** What to say in place of a picture; undefined while there is one. */
export function viewerNotice({ error, frameError, frame, room, isOpening }: ViewerSituation): Notice | undefined {
  if (error !== undefined) {
    const title = error.code === 'render/unavailable' ? 'This picture cannot be drawn' : 'This cannot be opened';
    return { kind: 'error', title, detail: error.message };
  }
  if (isOpening) return { kind: 'busy', title: 'Opening…' };
  if (frame !== undefined)
    return atomCountOf(frame) > 0 ? undefined : { kind: 'empty', title: 'This frame has no atoms' };
  if (frameError !== undefined)
    return { kind: 'error', title: 'This frame cannot be shown', detail: frameError.message };
  if (room === undefined)
    return { kind: 'empty', title: 'Nothing to show yet', detail: 'Drop a trajectory file here.' };
  const { trajectory } = room.frames;
  const indexing = trajectory?.indexing;
  if (indexing !== undefined) {
    return {
      kind: 'busy',
      title: 'Reading the file…',
      detail: `${formatBytes(indexing.bytesRead)} of ${formatBytes(indexing.byteLength)}`,
      progress: indexing.byteLength === 0 ? undefined : indexing.bytesRead / indexing.byteLength,
    };
  }
  if (trajectory?.damage !== undefined) {
    return { kind: 'error', title: 'The file is damaged', detail: trajectory.damage.detail };
  }
  if (trajectory?.count === 0) {
    return { kind: 'empty', title: 'No frames yet', detail: 'They appear here as soon as someone adds them.' };
  }
  return { kind: 'busy', title: room.status === 'offline' ? 'Waiting for the server…' : 'Opening…' };
}
