import type { Reply } from '../api/reply.ts';
import { StripeError, type StripeErrorType } from '../api/stripeError.ts';
import { createId } from '../ids.ts';

const KNOWN: Readonly<Record<number, { type: StripeErrorType; code?: string; message: string }>> = {
  402: { type: 'card_error', code: 'card_declined', message: 'Your card was declined.' },
  409: {
    type: 'invalid_request_error',
    code: 'lock_timeout',
    message: 'This object cannot be accessed right now because another API request or Stripe process is accessing it.',
  },
  429: {
    type: 'invalid_request_error',
    code: 'rate_limit',
    message: 'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.',
  },
};

/** Returns an error answer with the given status, in the words that Stripe uses for that status. */
export function faultReply(status: number): Reply {
  const { type, code, message } = KNOWN[status] ?? {
    type: status < 500 ? ('invalid_request_error' as const) : ('api_error' as const),
    message: `The local Stripe fails on purpose with status ${status}.`,
  };
  return {
    status,
    headers: { 'request-id': createId('req_', 14) },
    body: new StripeError(status, type, message, { code }).envelope,
  };
}
