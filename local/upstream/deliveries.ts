import { createHash } from 'node:crypto';

/** The backend's request for a delivery. */
export interface DeliveryOrder {
  readonly id: string;
  readonly operation: string;
  readonly recipient: string | null;
  readonly payload: Record<string, unknown>;
  readonly livemode: boolean;
  /** Time from which the delivery must no longer be started. */
  readonly expiresAt: string;
}

/** State of a delivery, as the upstream reports it. */
export type DeliveryState =
  | { readonly id: string; readonly status: 'delivered'; readonly result: Record<string, unknown> }
  | {
      readonly id: string;
      readonly status: 'failed';
      readonly error: { readonly code: string; readonly message: string };
    }
  | { readonly id: string; readonly status: 'pending' };

/** A stored delivery, with the number of its requests and of its effects; a delivery has at most one effect. */
export interface KeptDelivery {
  readonly order: DeliveryOrder;
  state: DeliveryState;
  requests: number;
  effects: number;
}

const failed = (id: string, code: string, message: string): DeliveryState => ({
  id,
  status: 'failed',
  error: { code, message },
});

/** Deliveries in memory, by idempotency key. A repeated request gets the first answer and has no effect. */
export class Deliveries {
  readonly #kept = new Map<string, KeptDelivery>();

  find(id: string): KeptDelivery | undefined {
    return this.#kept.get(id);
  }

  list(): KeptDelivery[] {
    return [...this.#kept.values()];
  }

  clear(): void {
    this.#kept.clear();
  }

  /** Makes a delivery once. A delivery with `isPending` is only accepted, and is made later by `complete`. */
  deliver(order: DeliveryOrder, nowMs: number, isPending = false): DeliveryState {
    const earlier = this.#kept.get(order.id);
    if (earlier) {
      earlier.requests += 1;
      return earlier.state;
    }
    const outcome = outcomeOf(order, nowMs);
    const state: DeliveryState = isPending ? { id: order.id, status: 'pending' } : outcome;
    const effects = state.status === 'delivered' ? 1 : 0;
    this.#kept.set(order.id, { order, state, requests: 1, effects });
    return state;
  }

  /** Makes a pending delivery; returns its state, or undefined if the delivery doesn't exist. */
  complete(id: string, nowMs: number): DeliveryState | undefined {
    const kept = this.#kept.get(id);
    if (kept?.state.status !== 'pending') return kept?.state;
    kept.state = outcomeOf({ ...kept.order, expiresAt: new Date(nowMs + 1).toISOString() }, nowMs);
    kept.effects += kept.state.status === 'delivered' ? 1 : 0;
    return kept.state;
  }
}

/** Decides the outcome: recipients named `unknown…` don't exist, and the password `wrong` is rejected. */
function outcomeOf(order: DeliveryOrder, nowMs: number): DeliveryState {
  const { id, operation, recipient, payload, expiresAt } = order;
  if (nowMs >= Date.parse(expiresAt))
    return failed(id, 'DELIVERY_EXPIRED', 'The delivery arrived after its expiry time.');
  if (recipient?.startsWith('unknown')) return failed(id, 'RECIPIENT_UNKNOWN', `The user ${recipient} does not exist.`);
  if (operation === 'login' && payload.password === 'wrong') {
    return failed(id, 'CREDENTIALS_REJECTED', 'The user name or the password is wrong.');
  }
  return { id, status: 'delivered', result: resultOf(order) };
}

function resultOf({ id, operation, recipient }: DeliveryOrder): Record<string, unknown> {
  switch (operation) {
    case 'login':
      return { valid: true };
    case 'profileCheck':
      return { recipient, exists: true, displayName: `User ${recipient}` };
    case 'presetList':
      return {
        presets: [
          { id: 'preset_1', name: 'Clean' },
          { id: 'preset_2', name: 'Lead' },
        ],
      };
    default:
      return { reference: createHash('sha256').update(id).digest('hex').slice(0, 12), recipient };
  }
}
