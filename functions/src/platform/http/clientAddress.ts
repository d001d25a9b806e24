import type { IncomingMessage } from 'node:http';

/**
 * Where a request comes from. Google's front end appends the address that it sees to `X-Forwarded-For`; whatever stands
 * left of that the client may have written itself, and isn't looked at. Without the header, which only happens without
 * a front end, it is the other end of the connection.
 * @param proxyHops proxies of the deployment's own between the client and the front end, each of which appends as well
 * @returns null when the header has fewer entries than that
 */
export function clientAddress(request: Pick<IncomingMessage, 'headers' | 'socket'>, proxyHops: number): string | null {
  const header = request.headers['x-forwarded-for'];
  if (header === undefined) return request.socket.remoteAddress ?? null;
  const entries = [header].flat().join(',').split(',');
  return entries.at(-1 - proxyHops)?.trim() || null;
}
