import { Problem } from '../../local/suite/task/problem.ts';

/** An answer with a JSON body. */
export interface JsonAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape are looked into
  readonly json: any;
}

export interface JsonRequest {
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/**
 * Sends a JSON request; returns the answer with any status.
 *
 * @throws Problem when the answer isn't JSON
 */
export async function askJson(
  method: string,
  url: string,
  { headers = {}, body }: JsonRequest = {},
): Promise<JsonAnswer> {
  const response = await fetch(url, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  try {
    return { status: response.status, headers: response.headers, json: JSON.parse(text) };
  } catch {
    throw new Problem(`${method} ${url} answered ${response.status} without JSON:\n${text.slice(0, 500)}`);
  }
}

/**
 * Sends a JSON request that must succeed; returns the body of the answer.
 *
 * @throws Problem, with request and answer, when the request fails
 */
export async function expectJson(method: string, url: string, request: JsonRequest = {}): Promise<JsonAnswer['json']> {
  const { status, json } = await askJson(method, url, request);
  if (status < 300) return json;
  throw new Problem(
    `${method} ${url} ${JSON.stringify(request.body ?? {})}\nanswered ${status}: ${JSON.stringify(json)}`,
  );
}
