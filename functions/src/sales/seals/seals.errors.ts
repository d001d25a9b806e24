import type { AppError } from '@cloud-bridge/base';
import { refusal } from '../../platform/errors/refusal.ts';

/** 409: a payment names an order of this deployment that isn't stored here, and the order can't be rebuilt. */
export function orderNotRebuilt(reason: string): AppError {
  return refusal('ORDER_NOT_REBUILT', `The order of a payment is lost and can't be rebuilt: ${reason}.`);
}
