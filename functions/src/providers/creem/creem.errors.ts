import type { AppError } from '@cloud-bridge/base';
import { refusal } from '../../platform/errors/refusal.ts';

/** Returns the 409 for a product at Creem that differs from the catalog. */
export function creemProductMismatch(productId: string, message: string): AppError {
  return refusal('CREEM_PRODUCT_MISMATCH', `The product ${productId} at Creem ${message}.`, {
    details: { productId },
  });
}

/** Returns the 409 for a change of plan, which Creem subscriptions don't support. */
export function planChangeNotSupported(): AppError {
  return refusal(
    'PLAN_CHANGE_NOT_SUPPORTED',
    'A subscription at Creem keeps its plan. Cancel it, and subscribe to the other plan.',
  );
}
