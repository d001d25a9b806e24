import { AppError } from '@cloud-bridge/base';

/** 409: what the catalog says isn't what Creem would sell. */
export function creemProductMismatch(productId: string, message: string): AppError {
  return new AppError(409, 'CREEM_PRODUCT_MISMATCH', `The product ${productId} at Creem ${message}.`, {
    details: { productId },
  });
}

/** 409 for what is left to Stripe. */
export function planChangeNotSupported(): AppError {
  return new AppError(
    409,
    'PLAN_CHANGE_NOT_SUPPORTED',
    'A subscription at Creem keeps its plan. Cancel it, and subscribe to the other plan.',
  );
}
