import { AppError } from '../../shared/appError.ts';

/** 409: this deployment sells nothing through Creem. */
export function creemNotConfigured(): AppError {
  return new AppError(
    409,
    'CREEM_NOT_CONFIGURED',
    'This deployment takes no payments through Creem: CREEM_API_BASE_URL is not set.',
  );
}

/** 409: an operator has to say in the catalog which of Creem's products it is. */
export function creemProductMissing(what: string): AppError {
  return new AppError(409, 'CREEM_PRODUCT_MISSING', `${what} has no product at Creem. Pay with another provider.`);
}

/** 409: what the catalog says isn't what Creem would sell. */
export function creemProductMismatch(productId: string, message: string): AppError {
  return new AppError(409, 'CREEM_PRODUCT_MISMATCH', `The product ${productId} at Creem ${message}.`, {
    details: { productId },
  });
}

/** 409: Creem makes its customers itself, with their first payment. */
export function creemCustomerMissing(): AppError {
  return new AppError(
    409,
    'CREEM_CUSTOMER_MISSING',
    'Nothing has been paid through Creem yet, so it has no page for it.',
  );
}

/** 409: Creem knows its customers by their address, which anybody may type on its page. */
export function emailNotVerified(): AppError {
  return new AppError(
    409,
    'EMAIL_NOT_VERIFIED',
    'Creem’s page shows all that was bought there with one email address: it is opened for an account whose own, verified address that is. Creem’s receipts lead to it, too.',
  );
}

/** 409 for what is left to Stripe. */
export function planChangeNotSupported(): AppError {
  return new AppError(
    409,
    'PLAN_CHANGE_NOT_SUPPORTED',
    'A subscription at Creem keeps its plan. Cancel it, and subscribe to the other plan.',
  );
}
