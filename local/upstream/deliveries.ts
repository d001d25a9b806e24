import { createHash } from 'node:crypto';

/** What the backend asks for. */
export interface DeliveryOrder {
  readonly id: string;
  readonly operation: string;
  readonly recipient: string | null;
  readonly payload: Record<string, unknown>;
  readonly livemode: boolean;
  /** From then on the delivery must not be begun. */
  readonly expiresAt: string;
}

/** The upstream's own word on a delivery. */
export type DeliveryState =
  | { readonly id: string; readonly status: 'delivered'; readonly result: Record<string, unknown> }
  | {
      readonly id: string;
      readonly status: 'failed';
      readonly error: { readonly code: string; readonly message: string };
    }
  | { readonly id: string; readonly status: 'pending' };

/** A delivery as it is kept, with how often it was asked for and how often it had its effect: once, whatever comes. */
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

/** Deliveries in memory by idempotency key: a repeated request is answered as the first was, and does nothing. */
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

  /** Does what is asked for, once. One that `isPending` is accepted, and ends when somebody asks for it. */
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

  /** Ends what is pending. */
  complete(id: string, nowMs: number): DeliveryState | undefined {
    const kept = this.#kept.get(id);
    if (kept?.state.status !== 'pending') return kept?.state;
    kept.state = outcomeOf({ ...kept.order, expiresAt: new Date(nowMs + 1).toISOString() }, nowMs);
    kept.effects += kept.state.status === 'delivered' ? 1 : 0;
    return kept.state;
  }
}

/** Recipients whose name begins with `unknown` aren't there; a password `wrong` isn't right. */
function outcomeOf(order: DeliveryOrder, nowMs: number): DeliveryState {
  const { id, operation, recipient, payload, expiresAt } = order;
  if (nowMs >= Date.parse(expiresAt)) return failed(id, 'DELIVERY_EXPIRED', 'It came too late to be begun.');
  if (recipient?.startsWith('unknown')) return failed(id, 'RECIPIENT_UNKNOWN', `There is no user ${recipient}.`);
  if (operation === 'login' && payload.password === 'wrong') {
    return failed(id, 'CREDENTIALS_REJECTED', 'User name or password is wrong.');
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
