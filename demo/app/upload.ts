import { CovalenceError, type DroppedPair } from 'covalence';
import { askServer, refusalOf } from './ask-server.ts';
import { withFreeName } from './room-list.ts';
import { authorization, serverBase } from './server-address.ts';

/** How far an upload is: bytes sent of bytes in all; all sent means that the server is reading. */
export type UploadProgress = (sentByteLength: number, byteLength: number) => void;

/** A room name for a file, as the server makes it: base name without its extensions. */
export function roomNameFor(fileName: string): string {
  const name = fileName
    .replace(/\.(gz|bz2)$/i, '')
    .replace(/(.)\.[A-Za-z0-9]+$/, '$1')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 100);
  return name === '' ? 'room' : name;
}

/** fetch cannot tell how far an upload is; XMLHttpRequest can. */
function send(url: string, file: Blob, onProgress: UploadProgress, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', url);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader('accept', 'application/json');
    for (const [name, value] of Object.entries(authorization())) request.setRequestHeader(name, value);
    request.upload.addEventListener('progress', ({ loaded }) => onProgress(Math.min(loaded, file.size), file.size));
    request.addEventListener('load', () => {
      if (request.status < 300) resolve();
      else refusalOf(new Response(request.responseText, { status: request.status })).then(reject, reject);
    });
    request.addEventListener('error', () => {
      reject(new CovalenceError('server/unreachable', 'The connection to the server broke while the file was sent.'));
    });
    signal.addEventListener('abort', () => {
      request.abort();
      reject(signal.reason as Error);
    });
    request.send(file);
  });
}

/**
 * Puts a file, with its topology where it has one, on the server, into the empty room `into` or else as a new room, and
 * returns the room's name. Rejects with the server's refusal.
 */
export async function uploadFile(
  { file, topology }: DroppedPair,
  into: string | undefined,
  onProgress: UploadProgress,
  signal: AbortSignal,
): Promise<string> {
  const wanted = roomNameFor(file.name);
  const room =
    into ??
    (await withFreeName(
      (number) => (number === 1 ? wanted : `${wanted}-${number}`),
      (name) => askServer('', { method: 'POST', body: { name }, signal }),
    ));
  const url = `${serverBase()}/v1/rooms/${encodeURIComponent(room)}`;
  try {
    const beside =
      topology === undefined
        ? ''
        : `&topology=${encodeURIComponent(topology.name)}&topology_length=${String(topology.size)}`;
    const body = topology === undefined ? file : new Blob([topology, file]);
    await send(`${url}/import?name=${encodeURIComponent(file.name)}${beside}`, body, onProgress, signal);
    return room;
  } catch (error) {
    if (into === undefined) await fetch(url, { method: 'DELETE', headers: authorization() }).catch(() => undefined);
    throw error;
  }
}
