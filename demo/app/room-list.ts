import { authorization, serverBase } from './server-address.ts';

/** What the server's list says about a room. */
export interface RoomSummary {
  name: string;
  count?: number;
  source?: string;
  problem?: unknown;
}

/** The rooms of this server. Rejects with a sentence where it does not tell. */
export async function listRooms(): Promise<RoomSummary[]> {
  const response = await fetch(`${serverBase()}/v1/rooms`, {
    headers: { accept: 'application/json', ...authorization() },
  });
  const body = (await response.json()) as { rooms?: RoomSummary[]; detail?: string };
  if (!response.ok) throw new Error(body.detail ?? `The server answered ${response.status}.`);
  return body.rooms ?? [];
}
