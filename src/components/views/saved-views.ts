import type { CameraPose } from '../../protocol/presence.ts';
import type { CameraRecord } from '../../protocol/records/scene.ts';
import type { Room } from '../../room/room.ts';

/** Keeps a point of view under the next free name; everybody sees it. Returns its key. */
export function saveView(room: Room, { position, target, up, fov, height, aspect }: CameraPose): string {
  const taken = new Set(Object.values(room.cameras.snapshot()).map((record) => record.display_name));
  let number = 1;
  while (taken.has(`View ${number}`)) number += 1;
  return room.cameras.add({
    display_name: `View ${number}`,
    position: [...position],
    target: [...target],
    up: [...up],
    ...(fov === undefined ? {} : { fov }),
    ...(height === undefined ? {} : { height }),
    ...(aspect === undefined ? {} : { aspect }),
  }).key;
}

/** The point of view of a record. */
export function poseOf({ position, target, up, fov, height, aspect }: CameraRecord): CameraPose {
  return {
    position: [...position],
    target: [...target],
    up: [...up],
    ...(fov === undefined ? {} : { fov }),
    ...(height === undefined ? {} : { height }),
    ...(aspect === undefined ? {} : { aspect }),
  };
}
