import { contractProblems } from './openapiContract.ts';
import { API_URL } from './suite.ts';
import { otherVoiceIn } from './voice.ts';

export interface RequestOptions {
  readonly headers?: Record<string, string>;
  readonly idempotencyKey?: string | undefined;
  /** The body, sent as JSON. */
  readonly body?: unknown;
  /** A body that is sent unchanged, instead of `body`. */
  readonly rawBody?: string | Buffer;
}

/**
 * Sends a request as a client would. Checks each answer against the API's own OpenAPI document, and each error's
 * messages against the API's style.
 */
export async function send(method: string, path: string, options: RequestOptions = {}, base = API_URL): Promise<Reply> {
  const body = options.rawBody ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  const headers = {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(options.idempotencyKey !== undefined && { 'idempotency-key': options.idempotencyKey }),
    ...(path.startsWith('/_local/') && { 'x-suite-token': process.env.LOCAL_SUITE_TOKEN ?? '' }),
    ...options.headers,
  };
  const response = await fetch(base + path, {
    method,
    headers,
    redirect: 'manual',
    ...(body !== undefined && { body: body as string }),
  });
  const text = await response.text();
  const reply = new Reply({ method, path, headers, body }, response, text);
  const problems =
    base === API_URL && response.status !== 304 ? await contractProblems(method, path, response, text) : [];
  if (problems.length > 0) throw reply.failure(`the answer is not as documented: ${problems.join('; ')}`);
  const strange = otherVoiceIn(text);
  if (strange !== null) throw reply.failure(`this is said in another voice: ${strange}`);
  return reply;
}

interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | Buffer | undefined;
}

/** An answer. A failed expectation throws an error that shows the request and the answer. */
export class Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly #request: SentRequest;

  constructor(request: SentRequest, response: Response, text: string) {
    this.#request = request;
    this.status = response.status;
    this.headers = response.headers;
    this.text = text;
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  get json(): any {
    try {
      return JSON.parse(this.text);
    } catch {
      throw this.failure('the answer is not JSON');
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  get data(): any {
    return this.json.data;
  }

  /** Returns the answer if it has this status; throws otherwise. */
  expect(status: number): this {
    if (this.status !== status) throw this.failure(`expected ${status}`);
    return this;
  }

  /** Returns the answer if it is this error in the documented envelope and names the given `field`; else throws. */
  expectError(status: number, code: string, field?: string): this {
    this.expect(status);
    const { success, error } = this.json;
    if (success !== false || error.code !== code) throw this.failure(`expected the error ${code}`);
    if (!error.requestId || error.requestId !== this.headers.get('x-request-id')) {
      throw this.failure('the error does not carry the request id');
    }
    if (field && !error.details?.fields?.some((problem: { field: string }) => problem.field === field)) {
      throw this.failure(`expected an error that names ${field}`);
    }
    return this;
  }

  failure(message: string): Error {
    const { method, path, headers, body } = this.#request;
    const sent = body === undefined ? '' : `\n${String(body).slice(0, 2_000)}`;
    const got = [...this.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
    return new Error(
      `${message}\n\n> ${method} ${path}\n${JSON.stringify(headers)}${sent}\n\n` +
        `< ${this.status}\n${got}\n\n${this.text.slice(0, 4_000)}`,
    );
  }
}
