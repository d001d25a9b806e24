import type { WireEvent } from '../localAccount.ts';

/** A change of the faults of deliveries. Absent fields stay as they are. */
export interface WebhookFaultSettings {
  /** Number of extra copies of each event that are delivered; true for one. */
  duplicate?: number | boolean;
  /** Whether the events of a burst are delivered in a different order. */
  shuffle?: boolean;
  /** Milliseconds before the first attempt. */
  delayMs?: number;
  /** Events that are never delivered: a number of next events, all events (true), or events of these types. */
  drop?: number | boolean | string[];
  /** Largest number of deliveries that are sent at the same time; default: 1. */
  concurrency?: number;
}

/** The way an event is to be delivered. */
export interface DeliveryPlan {
  /** Number of deliveries; 0 for a dropped event. */
  copies: number;
  delayMs: number;
  shuffled: boolean;
}

/** The faults of deliveries that are in force. */
export class WebhookFaults {
  #settings: Required<WebhookFaultSettings> = noFaults();

  get current(): Required<WebhookFaultSettings> {
    return this.#settings;
  }

  apply(change: WebhookFaultSettings): void {
    this.#settings = { ...this.#settings, ...change };
  }

  reset(): void {
    this.#settings = noFaults();
  }

  /** Decides how an event is delivered; uses up one turn of a counted `drop`. */
  planFor(event: WireEvent): DeliveryPlan {
    const { duplicate, delayMs, shuffle } = this.#settings;
    const copies = this.#takeDrop(event.type) ? 0 : 1 + Number(duplicate);
    return { copies, delayMs, shuffled: shuffle };
  }

  #takeDrop(type: string): boolean {
    const { drop } = this.#settings;
    if (Array.isArray(drop)) return drop.includes(type);
    if (typeof drop === 'boolean') return drop;
    if (drop === 0) return false;
    this.#settings.drop = drop - 1;
    return true;
  }
}

function noFaults(): Required<WebhookFaultSettings> {
  return { duplicate: 0, shuffle: false, delayMs: 0, drop: 0, concurrency: 1 };
}
