import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';

/**
 * Posts JSON on a connection of its own: the node ends idle ones, and a call on one that is just being closed would
 * fail.
 */
export async function post(url: string, body: string): Promise<string> {
  const sent = request(url, { method: 'POST', agent: false, headers: { 'content-type': 'application/json' } });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return Buffer.concat(await response.toArray()).toString();
}
