import type { DeliveryOrder } from './deliveries.ts';

/** Reads the delivery order from a request's body; returns an error message when the order isn't valid. */
export function readOrder(body: string): DeliveryOrder | string {
  const order = parse(body);
  if (order === null || typeof order !== 'object') return 'The body must be a JSON object.';
  const { id, operation, recipient, payload, livemode, expiresAt } = order as Partial<DeliveryOrder>;
  if (typeof id !== 'string' || id === '') return 'id is missing';
  if (typeof operation !== 'string' || operation === '') return 'operation is missing';
  if (recipient !== null && typeof recipient !== 'string') return 'recipient must be a string or null';
  if (payload === null || typeof payload !== 'object') return 'payload must be an object';
  if (typeof livemode !== 'boolean') return 'livemode must be true or false';
  if (typeof expiresAt !== 'string' || Number.isNaN(Date.parse(expiresAt))) return 'expiresAt must be a time';
  return { id, operation, recipient, payload, livemode, expiresAt };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
