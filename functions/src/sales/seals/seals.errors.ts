import type { AppError } from '@cloud-bridge/base';
import { refusal } from '../../platform/errors/refusal.ts';

/**
 * 409: a payment says that it is for an order of this deployment which isn't there, and the order can't be made again.
 */
export function orderNotRebuilt(reason: string): AppError {
  return refusal('ORDER_NOT_REBUILT', `The order of a payment is lost and can't be made again: ${reason}.`);
}
