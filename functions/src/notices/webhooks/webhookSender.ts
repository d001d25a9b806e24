/** Sends webhook requests, to allowed addresses only. */

import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { TookTooLong, within } from '@cloud-bridge/base';
import type { Attempt } from './delivery.ts';
import { localNameResolver, nameResolver, type Resolve } from './resolveName.ts';
import { hostOf, isAllowedTarget, portOf, type TargetRules } from './targetAddress.ts';

/** Time limit of an attempt, from the look-up of the name to the end of the response. */
const MAX_ATTEMPT_MS = 15_000;
/** Reading stops after this many bytes of a response. */
const MAX_RESPONSE_BYTES = 16 * 1024;
const MAX_EXCERPT_LENGTH = 500;

/** A signed webhook request. */
export interface SignedMessage {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Answer {
  readonly httpStatus: number;
  readonly responseExcerpt: string;
}

/**
 * Sends webhooks to servers that customers run. A name is resolved once; all its addresses have to be allowed, and the
 * connection goes to a checked address, so that a second look-up can't lead elsewhere. Redirects aren't followed, and
 * the time and size of a response are limited. A slow receiver doesn't delay the webhooks of other receivers.
 */
export class WebhookSender {
  /** The addresses and ports that this sender may send to. */
  readonly rules: TargetRules;
  readonly #resolve: Resolve;

  constructor(rules: TargetRules, resolve: Resolve = resolverFor(rules)) {
    this.rules = rules;
    this.#resolve = resolve;
  }

  /** Sends a message and returns the outcome. Never throws: a failure is an outcome with an `error`. */
  async send(message: SignedMessage): Promise<Omit<Attempt, 'at'>> {
    const startedAt = performance.now();
    const outcome = await within(MAX_ATTEMPT_MS, (signal) => this.#send(message, signal)).catch((error: unknown) => ({
      httpStatus: null,
      responseExcerpt: '',
      error: reasonOf(error),
    }));
    return { ...outcome, latencyMs: Math.round(performance.now() - startedAt) };
  }

  async #send({ url: text, body, headers }: SignedMessage, signal: AbortSignal) {
    const url = new URL(text);
    const address = await this.#addressOf(hostOf(url), portOf(url));
    signal.throwIfAborted();
    const answer = await post(url, address, { body, headers }, signal);
    const isTaken = answer.httpStatus >= 200 && answer.httpStatus < 300;
    return { ...answer, error: isTaken ? null : `The receiver answered ${answer.httpStatus}.` };
  }

  async #addressOf(host: string, port: number): Promise<string> {
    const addresses = isIP(host) === 0 ? await this.#resolve(host) : [host];
    const [address] = addresses;
    // A private address among public ones is refused too: such a name tries to reach the private address by chance.
    if (address !== undefined && addresses.every((each) => isAllowedTarget(each, port, this.rules))) return address;
    throw new NotAllowed();
  }
}

class NotAllowed extends Error {
  constructor() {
    super('the name leads to a private or special address');
  }
}

function resolverFor({ targets }: TargetRules): Resolve {
  return targets === 'loopback' ? localNameResolver() : nameResolver();
}

/** Posts to the given address only. The `Host` header and the certificate check use the URL's host. */
function post(
  url: URL,
  address: string,
  { body, headers }: Pick<SignedMessage, 'body' | 'headers'>,
  signal: AbortSignal,
): Promise<Answer> {
  const host = hostOf(url);
  const isSecure = url.protocol === 'https:';
  const options = {
    method: 'POST',
    host: address,
    port: portOf(url),
    path: url.pathname + url.search,
    headers: { ...headers, host: url.host, 'content-length': Buffer.byteLength(body) },
    // Each request opens its own connection, because a pooled connection could have been opened for another name.
    agent: false,
    signal,
  } as const;
  return new Promise((resolve, reject) => {
    const request = isSecure
      ? httpsRequest({ ...options, ...(isIP(host) === 0 && { servername: host }) })
      : httpRequest(options);
    request.on('error', reject);
    request.on('response', (response) => readAnswer(response).then(resolve, reject));
    request.end(body);
  });
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    // Leaving the loop closes the connection.
    if (bytes >= MAX_RESPONSE_BYTES) break;
  }
  const text = Buffer.concat(chunks).toString('utf8').replaceAll('\0', '');
  return { httpStatus: response.statusCode ?? 0, responseExcerpt: [...text].slice(0, MAX_EXCERPT_LENGTH).join('') };
}

function reasonOf(error: unknown): string {
  if (error instanceof NotAllowed) return 'The name leads to a private or special address.';
  if (error instanceof TookTooLong)
    return `The receiver did not answer in full within ${MAX_ATTEMPT_MS / 1000} seconds.`;
  const { code = 'unknown' } = Object(error) as { code?: unknown };
  return `The receiver could not be reached (${String(code)}).`;
}
