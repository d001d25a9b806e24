import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { TookTooLong, within } from '@cloud-bridge/base';
import type { Attempt } from './delivery.ts';
import { localNameResolver, nameResolver, type Resolve } from './resolveName.ts';
import { hostOf, isAllowedTarget, portOf, type TargetRules } from './targetAddress.ts';

/** From the look-up of the name to the end of the answer. */
const MAX_ATTEMPT_MS = 15_000;
/** More of an answer is not read. */
const MAX_RESPONSE_BYTES = 16 * 1024;
const MAX_EXCERPT_LENGTH = 500;

/** What is sent, already signed. */
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
 * Sends webhooks to strangers' servers. A name is resolved once; all its addresses have to be public, and the
 * connection is made to one of those that were checked, so that a second look-up can't lead elsewhere. Redirects aren't
 * followed, and time and size of an answer are bounded. Nothing that one receiver does keeps another's webhook waiting.
 */
export class WebhookSender {
  /** Where it may send. */
  readonly rules: TargetRules;
  readonly #resolve: Resolve;

  constructor(rules: TargetRules, resolve: Resolve = resolverFor(rules)) {
    this.rules = rules;
    this.#resolve = resolve;
  }

  /** Never throws: whatever goes wrong is the outcome. */
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
    // One private address among public ones is an attempt to get there by chance.
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

/** Connects to the address, and to nothing else; name and certificate are the URL's. */
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
    // A connection of its own: one that is kept could have been made for another name.
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
    // Leaving the loop ends the connection.
    if (bytes >= MAX_RESPONSE_BYTES) break;
  }
  const text = Buffer.concat(chunks).toString('utf8').replaceAll('\0', '');
  return { httpStatus: response.statusCode ?? 0, responseExcerpt: [...text].slice(0, MAX_EXCERPT_LENGTH).join('') };
}

function reasonOf(error: unknown): string {
  if (error instanceof NotAllowed) return 'The name leads to a private or special address.';
  if (error instanceof TookTooLong) return `No whole answer within ${MAX_ATTEMPT_MS / 1000} seconds.`;
  const { code = 'unknown' } = Object(error) as { code?: unknown };
  return `The receiver could not be reached (${String(code)}).`;
}
