import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { CovalenceError } from '../../protocol/errors.ts';

/** A request as whoever made it saw it, before any proxy. */
export interface OuterRequest {
  /** Name and port that were asked for. */
  host: string;
  isSecure: boolean;
  /** Address of whoever asks; that of the last proxy where none is trusted. */
  address: string;
  /** A proxy lies between, trusted or not. */
  isProxied: boolean;
}

const PROXY_HEADERS = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'forwarded', 'via'];

/** The last of a list that each proxy adds to: what the nearest one, the trusted one, says. */
function last(value: string | string[] | undefined): string | undefined {
  const text = Array.isArray(value) ? value.join(',') : value;
  const found = text?.split(',').at(-1)?.trim();
  return found === '' ? undefined : found;
}

function hasProxyHeader(headers: IncomingHttpHeaders): boolean {
  return PROXY_HEADERS.some((name) => headers[name] !== undefined);
}

/** Reads what proxies say of a request, where they are believed. Throws `request/invalid` for a host that is none. */
export function outerRequest(message: IncomingMessage, isProxyTrusted: boolean): OuterRequest {
  const { headers, socket } = message;
  const isProxied = hasProxyHeader(headers);
  const forwarded = isProxyTrusted
    ? {
        host: last(headers['x-forwarded-host']),
        protocol: last(headers['x-forwarded-proto']),
        address: last(headers['x-forwarded-for']) ?? last(headers['x-real-ip']),
      }
    : undefined;
  const host = forwarded?.host ?? headers.host ?? 'localhost';
  if (!/^(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i.test(host) || !URL.canParse(`http://${host}`)) {
    throw new CovalenceError('request/invalid', `"${host.slice(0, 100)}" is no name of a server (header Host).`);
  }
  return {
    host,
    isSecure: forwarded?.protocol === 'https',
    address: forwarded?.address?.slice(0, 64) ?? socket.remoteAddress ?? 'unknown',
    isProxied,
  };
}

/** The address a request asks for. Throws `request/invalid` for anything but a path of this server. */
export function requestUrl({ url: path = '/' }: IncomingMessage, { host, isSecure }: OuterRequest): URL {
  const text = `${isSecure ? 'https' : 'http'}://${host}${path}`;
  if (path.startsWith('/') && URL.canParse(text)) return new URL(text);
  throw new CovalenceError('request/invalid', `"${path.slice(0, 100)}" is no path of this server.`);
}
