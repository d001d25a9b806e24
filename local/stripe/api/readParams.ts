import type { IncomingHttpHeaders } from 'node:http';
import { parseForm } from '../contract/parseForm.ts';
import { StripeError } from './stripeError.ts';

/** An unparsed request to the API. */
export interface ApiRequest {
  /** HTTP method in upper case. */
  method: string;
  /** Path without the query. */
  path: string;
  /** Query without the question mark. */
  query: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/**
 * Reads the parameters of a request from its query and its form. All values are strings.
 *
 * @throws StripeError when the body isn't a form, or the parameters exceed the parser's limits
 */
export function readParams({ method, query, headers, body }: ApiRequest): Record<string, unknown> {
  const hasForm = method === 'POST' && body !== '';
  if (hasForm && !headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    throw StripeError.invalid(
      'Invalid request (check that your POST content type is application/x-www-form-urlencoded).',
    );
  }
  try {
    return { ...parseForm(query), ...(hasForm && parseForm(body)) };
  } catch (error) {
    throw StripeError.invalid(`Invalid request: ${error instanceof Error ? error.message : 'malformed parameters'}`);
  }
}
