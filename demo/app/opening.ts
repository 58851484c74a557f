import { pairDropped } from 'covalence';
import { asMessage, type Notice } from './notice.ts';
import { serverBase, withToken } from './server-address.ts';
import { uploadFile } from './upload.ts';

/** What opening files needs of a page. */
export interface OpeningPage {
  /** Name of the empty room a single trajectory is put into, rather than into a new one. */
  into?: string | undefined;
  /** Shows how far it is, or what went wrong; undefined clears it. */
  tell(notice: Notice | undefined): void;
  /** Shows files in this page only. */
  openHere(files: File[], why: string): Promise<void>;
}

/**
 * Opens dropped or chosen files: on the server, so that others see them, else in this page alone. Goes to the new room
 * when it is one, to the list when they are several.
 */
export async function openFiles(files: File[], page: OpeningPage): Promise<void> {
  if (files.length === 0) return;
  const abort = new AbortController();
  try {
    let room = '';
    const pairs = await pairDropped(files);
    for (const [place, pair] of pairs.entries()) {
      const text = pairs.length === 1 ? pair.file.name : `${pair.file.name} (${place + 1} of ${pairs.length})`;
      const tell = (part: number): void =>
        page.tell({
          kind: 'busy',
          text: part < 1 ? `Sending ${text}` : `Reading ${text}`,
          progress: part,
          cancel: () => abort.abort(new DOMException('Cancelled', 'AbortError')),
        });
      tell(0);
      room = await uploadFile(
        pair,
        pairs.length === 1 ? page.into : undefined,
        (sent, all) => tell(all === 0 ? 1 : sent / all),
        abort.signal,
      );
    }
    page.tell(undefined);
    const target = `${serverBase()}/${pairs.length === 1 ? `r/${encodeURIComponent(room)}` : ''}`;
    // Another fragment alone would not load the list again.
    if (target === location.origin + location.pathname) location.reload();
    else location.href = withToken(target);
  } catch (error) {
    page.tell(undefined);
    if (abort.signal.aborted) return;
    await page.openHere(files, asMessage(error)).catch((second: unknown) => {
      page.tell({ kind: 'error', text: `${files[0].name} cannot be opened.`, detail: asMessage(second) });
    });
  }
}
