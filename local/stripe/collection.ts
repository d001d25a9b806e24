import { StripeError } from './api/stripeError.ts';

/** The objects of one kind. Stored objects are changed in place by the code that owns their rules. */
export class Collection<T extends { id: string; created: number }> {
  readonly #byId = new Map<string, T>();
  readonly #label: string;

  /** @param label what Stripe calls such an object in `No such …` */
  constructor(label: string) {
    this.#label = label;
  }

  add(object: T): T {
    this.#byId.set(object.id, object);
    return object;
  }

  find(id: string): T | undefined {
    return this.#byId.get(id);
  }

  /**
   * @param param the request parameter that held the id, if it was not in the path
   * @throws StripeError `resource_missing`
   */
  get(id: string, param?: string): T {
    const object = this.#byId.get(id);
    if (!object) throw StripeError.noSuch(this.#label, id, param);
    return object;
  }

  /** Forgets an object; nothing happens when there is none. */
  delete(id: string): void {
    this.#byId.delete(id);
  }

  newestFirst(): T[] {
    return [...this.#byId.values()].reverse();
  }

  clear(): void {
    this.#byId.clear();
  }
}
