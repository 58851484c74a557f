/** What `embed.js` is made of: the elements, registered, and the ways to open rooms, loaded when asked for. */
import './components/define.ts';
import type { OpenLocalRoomOptions } from './room/open-local-room.ts';
import type { OpenRoomOptions } from './room/open-room.ts';
import type { Room } from './room/room.ts';

/** As `openRoom` of the package. */
export async function openRoom(url: string | readonly string[], options?: OpenRoomOptions): Promise<Room> {
  const opening = await import('./room/open-room.ts');
  return await opening.openRoom(url, options);
}

/** As `openLocalRoom` of the package. */
export async function openLocalRoom(options: OpenLocalRoomOptions): Promise<Room> {
  const opening = await import('./room/open-local-room.ts');
  return await opening.openLocalRoom(options);
}
