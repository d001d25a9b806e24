import { randomUUID } from 'node:crypto';

/** An HTTP answer. An object as body is sent as JSON, and a string as an HTML page. */
export interface Reply {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: object | string;
}

/** Returns a successful JSON answer. */
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

/** Returns an error answer in the format of Creem's API. */
export function refusal(status: number, ...message: string[]): Reply {
  const error = CATEGORIES[status] ?? 'Error';
  return { status, body: { trace_id: randomUUID(), status, error, message, timestamp: Date.now() } };
}
