/** The types of error that Stripe's envelope knows. */
export type StripeErrorType = 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';

/** What else an error may say; undefined fields are left out. */
export interface StripeErrorDetails {
  code?: string | undefined;
  param?: string | undefined;
  decline_code?: string | undefined;
  advice_code?: string | undefined;
  charge?: string | undefined;
  payment_intent?: unknown;
  payment_method?: unknown;
}

/** An answer other than success, in Stripe's envelope. */
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

  /** The body of the answer. */
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

  /** 400 `invalid_request_error`. */
  static invalid(message: string, details: StripeErrorDetails = {}): StripeError {
    return new StripeError(400, 'invalid_request_error', message, details);
  }

  /** 400 for a parameter that this call needs. */
  static missingParameter(param: string): StripeError {
    return StripeError.invalid(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
  }

  /** 404 `resource_missing`; 400 when the id was a parameter rather than in the path, as Stripe does. */
  static noSuch(label: string, id: string, param?: string): StripeError {
    const status = param === undefined ? 404 : 400;
    return new StripeError(status, 'invalid_request_error', `No such ${label}: '${id}'`, {
      code: 'resource_missing',
      param: param ?? 'id',
    });
  }
}
