import type { IncomingMessage } from 'node:http';

/**
 * Returns the IP address of a request's client. Google's front end appends the address that it sees to
 * `X-Forwarded-For`; entries to the left of that may be written by the client and are ignored. The header is missing
 * only without a front end; then the address is the remote address of the connection.
 * @param proxyHops the deployment's own proxies between the client and the front end, each of which appends an entry
 * @returns null if the header has too few entries
 */
export function clientAddress(request: Pick<IncomingMessage, 'headers' | 'socket'>, proxyHops: number): string | null {
  const header = request.headers['x-forwarded-for'];
  if (header === undefined) return request.socket.remoteAddress ?? null;
  const entries = [header].flat().join(',').split(',');
  return entries.at(-1 - proxyHops)?.trim() || null;
}
