/** The error types of Stripe's API. */
export type StripeErrorType = 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';

/** Optional fields of an error; undefined fields are left out of the answer. */
export interface StripeErrorDetails {
  code?: string | undefined;
  param?: string | undefined;
  decline_code?: string | undefined;
  advice_code?: string | undefined;
  charge?: string | undefined;
  payment_intent?: unknown;
  payment_method?: unknown;
}

/** An error answer of Stripe's API. */
export class StripeError extends Error {
  readonly status: number;
  readonly type: StripeErrorType;
  readonly details: StripeErrorDetails;

  constructor(status: number, type: StripeErrorType, message: string, details: StripeErrorDetails = {}) {
    super(message);
    this.name = 'StripeError';
    this.status = status;
    this.type = type;
    this.details = details;
  }

  /** Body of the answer. */
  get envelope(): { error: Record<string, unknown> } {
    const { code } = this.details;
    return {
      error: {
        ...this.details,
        ...(code && { doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}` }),
        message: this.message,
        type: this.type,
      },
    };
  }

  /** Creates a 400 `invalid_request_error`. */
  static invalid(message: string, details: StripeErrorDetails = {}): StripeError {
    return new StripeError(400, 'invalid_request_error', message, details);
  }

  /** Creates a 400 for a missing parameter. */
  static missingParameter(param: string): StripeError {
    return StripeError.invalid(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
  }

  /** Creates a `resource_missing` error: 404 when the id was in the path, 400 when it was a parameter, as at Stripe. */
  static noSuch(label: string, id: string, param?: string): StripeError {
    const status = param === undefined ? 404 : 400;
    return new StripeError(status, 'invalid_request_error', `No such ${label}: '${id}'`, {
      code: 'resource_missing',
      param: param ?? 'id',
    });
  }
}
