import type { AppError } from '@cloud-bridge/base';
import { refusal } from '../../platform/errors/refusal.ts';

/** 409: what the catalog says isn't what Creem would sell. */
export function creemProductMismatch(productId: string, message: string): AppError {
  return refusal('CREEM_PRODUCT_MISMATCH', `The product ${productId} at Creem ${message}.`, {
    details: { productId },
  });
}

/** 409 for what is left to Stripe. */
export function planChangeNotSupported(): AppError {
  return refusal(
    'PLAN_CHANGE_NOT_SUPPORTED',
    'A subscription at Creem keeps its plan. Cancel it, and subscribe to the other plan.',
  );
}
