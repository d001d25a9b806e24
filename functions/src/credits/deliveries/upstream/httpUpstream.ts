import { type RawAnswer, readAnswer } from './readAnswer.ts';
import { signatureHeader } from './signatureHeader.ts';
import type { DeliveryUpstream, UpstreamOrder, UpstreamReply, UpstreamState, UpstreamTrouble } from './upstream.ts';

/** Most bytes read of a response. The response is stored with the delivery, in a document of at most 1 MiB. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** Codes of failures before the first byte was sent. */
const NOT_SENT = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'];

/** Calls the service over HTTP with signed requests, size-limited responses and without redirects. */
export class HttpUpstream implements DeliveryUpstream {
  readonly #baseUrl: string;
  readonly #secrets: () => readonly string[];

  constructor(baseUrl: string, secrets: () => readonly string[]) {
    this.#baseUrl = baseUrl;
    this.#secrets = secrets;
  }

  deliver(order: UpstreamOrder, limitMs: number): Promise<UpstreamReply<UpstreamState>> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': order.id };
    return this.#ask('POST', '/deliveries', { headers, body: JSON.stringify(order) }, limitMs);
  }

  async find(
    deliveryId: string,
    limitMs: number,
  ): Promise<UpstreamReply<UpstreamState | { readonly type: 'unknown' }>> {
    const reply = await this.#ask('GET', `/deliveries/${deliveryId}`, { headers: {}, body: '' }, limitMs);
    const { answer, httpStatus } = reply;
    // A 404 from a proxy in between proves nothing, so the code is checked too.
    const isUnknown = httpStatus === 404 && 'refusal' in answer && answer.refusal.code === 'DELIVERY_UNKNOWN';
    return isUnknown ? { ...reply, answer: { type: 'unknown' } } : reply;
  }

  async #ask(
    method: 'GET' | 'POST',
    path: string,
    { headers, body }: { headers: Record<string, string>; body: string },
    limitMs: number,
  ): Promise<UpstreamReply<UpstreamState>> {
    const signature = signatureHeader({ method, path, body }, this.#secrets(), Math.floor(Date.now() / 1000));
    const startedMs = performance.now();
    const took = () => Math.round(performance.now() - startedMs);
    try {
      const response = await fetch(this.#baseUrl + path, {
        method,
        headers: { ...headers, accept: 'application/json', 'cloud-bridge-signature': signature },
        ...(method === 'POST' && { body }),
        redirect: 'manual',
        signal: AbortSignal.timeout(limitMs),
      });
      const raw: RawAnswer = { httpStatus: response.status, body: await readBounded(response) };
      return { answer: readAnswer(raw), httpStatus: response.status, latencyMs: took() };
    } catch (error) {
      return { answer: troubleOf(error), httpStatus: null, latencyMs: took() };
    }
  }
}

/** Returns the text of a response; null if it is too large, without waiting for the rest. */
async function readBounded(response: Response): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let byteCount = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    byteCount += chunk.byteLength;
    // Leaving the loop cancels the rest of the response.
    if (byteCount > MAX_ANSWER_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function troubleOf(error: unknown): UpstreamTrouble {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return { type: 'timedOut', refusal: { code: 'TIMED_OUT', message: 'The service did not answer in time.' } };
  }
  const code = String((error as { cause?: { code?: unknown } } | undefined)?.cause?.code ?? 'CONNECTION_LOST');
  if (NOT_SENT.includes(code)) {
    return { type: 'notSent', refusal: { code, message: 'The service could not be reached.' } };
  }
  return { type: 'cutOff', refusal: { code, message: 'The connection to the service was lost.' } };
}
