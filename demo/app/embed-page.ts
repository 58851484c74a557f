import 'covalence/components/define';
import { restoreTheme } from './theme.ts';

/** The room the address asks for with `?room=`, else the first of the server. */
async function roomName(base: string): Promise<string | undefined> {
  const asked = new URLSearchParams(location.search).get('room');
  if (asked !== null) return asked;
  const response = await fetch(`${base}v1/rooms`, { headers: { accept: 'application/json' } });
  const { rooms = [] } = (await response.json()) as { rooms?: { name: string }[] };
  return rooms[0]?.name;
}

restoreTheme();
const base = new URL('./', location.href).href;
const name = await roomName(base).catch(() => undefined);
const room = document.querySelector('co-room');
const link = document.querySelector<HTMLAnchorElement>('#room');
const code = document.querySelector('#code');
if (name !== undefined && room !== null && link !== null && code !== null) {
  const href = `${base}r/${encodeURIComponent(name)}`;
  room.href = href;
  link.href = href;
  link.textContent = name;
  code.textContent = [
    `<script type="module" src="${base}embed.js"></script>`,
    `<co-room href="${href}">`,
    '  <co-viewer controls></co-viewer>',
    '  <co-timeline></co-timeline>',
    '</co-room>',
  ].join('\n');
}
