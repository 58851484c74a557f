import { openFilesHere } from 'covalence/components';
import { AppRoom } from './room-page.ts';

/** Shows files in this page alone, in place of whatever it shows, and says why nobody else sees them. */
export async function openHere(files: File[], why: string): Promise<void> {
  const room = await openFilesHere(files);
  const page = new AppRoom();
  page.room = room;
  page.tell({ kind: 'info', text: 'Opened in this page only; nobody else sees it.', detail: why });
  for (const old of document.querySelectorAll('app-room, app-rooms')) old.remove();
  document.body.append(page);
}
