import type { WireEvent } from '../localAccount.ts';

/** How deliveries are made to go wrong. Absent fields stay as they are. */
export interface WebhookFaultSettings {
  /** How many times more each event is delivered; true is once more. */
  duplicate?: number | boolean;
  /** Holds events of one burst back and delivers them in another order. */
  shuffle?: boolean;
  /** Waits so long before the first try. */
  delayMs?: number;
  /** Events never delivered: the next so many, all of them, or those of these types. */
  drop?: number | boolean | string[];
  /** How many deliveries may be under way at once; 1 unless told. */
  concurrency?: number;
}

/** What has to happen to one event. */
export interface DeliveryPlan {
  /** 0 when it is dropped. */
  copies: number;
  delayMs: number;
  shuffled: boolean;
}

/** The faults that are switched on now. */
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

  /** Decides what happens to an event; counts down `drop`. */
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
