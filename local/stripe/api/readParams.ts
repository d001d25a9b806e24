import type { IncomingHttpHeaders } from 'node:http';
import { parseForm } from '../contract/parseForm.ts';
import { StripeError } from './stripeError.ts';

/** A request to the API as it arrived. */
export interface ApiRequest {
  /** In upper case. */
  method: string;
  /** Without the query. */
  path: string;
  /** Without the question mark. */
  query: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/**
 * Reads the parameters of a request from its query and its form; values are strings.
 *
 * @throws StripeError for a body that is no form, or parameters beyond all measure
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
