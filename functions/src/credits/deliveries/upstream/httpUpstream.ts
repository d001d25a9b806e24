import { type RawAnswer, readAnswer } from './readAnswer.ts';
import { signatureHeader } from './signatureHeader.ts';
import type { DeliveryUpstream, UpstreamOrder, UpstreamReply, UpstreamState, UpstreamTrouble } from './upstream.ts';

/** What is read of an answer: it is kept with the delivery, in a document of at most a mebibyte. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** Failures before a single byte was sent. */
const NOT_SENT = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'];

/** The service over HTTP: signed requests, bounded answers, no redirects. */
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
    // A 404 of anything else between here and there proves nothing.
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

/** The text of an answer; null for one that is too large, of which the rest isn't waited for. */
async function readBounded(response: Response): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let byteCount = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    byteCount += chunk.byteLength;
    // Leaving the loop cancels what is still to come.
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
