import { randomUUID } from 'node:crypto';

/** An answer: an object is sent as JSON, a text as a page. */
export interface Reply {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: object | string;
}

export function ok(body: object): Reply {
  return { status: 200, body };
}

const CATEGORIES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  500: 'Internal Server Error',
};

/** An error as Creem's API gives it. */
export function refusal(status: number, ...message: string[]): Reply {
  const error = CATEGORIES[status] ?? 'Error';
  return { status, body: { trace_id: randomUUID(), status, error, message, timestamp: Date.now() } };
}
