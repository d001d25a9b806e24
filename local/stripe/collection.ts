import { StripeError } from './api/stripeError.ts';

/** The account's objects of one kind. Code that owns the rules of a kind changes its stored objects in place. */
export class Collection<T extends { id: string; created: number }> {
  readonly #byId = new Map<string, T>();
  readonly #label: string;

  /** @param label Stripe's word for such an object in the message `No such …` */
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
   * @param param the request parameter that has the id; undefined when the id is in the path
   * @throws StripeError `resource_missing` when the object doesn't exist
   */
  get(id: string, param?: string): T {
    const object = this.#byId.get(id);
    if (!object) throw StripeError.noSuch(this.#label, id, param);
    return object;
  }

  /** Removes an object; does nothing if the object doesn't exist. */
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
