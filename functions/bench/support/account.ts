import { type Audit, CREDITS } from './ledger.ts';
import type { LoadResult } from './load.ts';
import { PRICE_CREDITS } from './request.ts';

interface AccountOptions {
  readonly id: string;
  /** Name of the account and its use, for messages. */
  readonly name: string;
  readonly audit: () => Promise<Audit>;
  /** Number of entries in the ledger before the first action. */
  readonly entriesBefore: number;
  readonly entriesPerAction: number;
  /** Available credits before the first action. */
  readonly credits?: number;
}

/** A wallet that is charged during a run, with the answers. Ledger and answers must agree at the end. */
export class Account {
  readonly #options: AccountOptions;
  readonly #errors = new Map<string, number>();
  #answered = 0;

  constructor(options: AccountOptions) {
    this.#options = options;
  }

  get id(): string {
    return this.#options.id;
  }

  /** Adds up the result of a load. */
  note<R extends LoadResult>(result: R): R {
    this.#answered += result.done;
    for (const [error, count] of Object.entries(result.errors)) {
      this.#errors.set(error, (this.#errors.get(error) ?? 0) + count);
    }
    return result;
  }

  /** Returns the errors, and the differences between the ledger and the answers. */
  async problems(): Promise<string[]> {
    const { name, audit, entriesBefore, entriesPerAction, credits = CREDITS } = this.#options;
    const { entries, balance } = await audit();
    const expected = {
      entries: entriesBefore + this.#answered * entriesPerAction,
      balance: credits - this.#answered * PRICE_CREDITS,
    };
    const errors = [...this.#errors].map(([error, count]) => `${name}: ${count} × ${error}`);
    if (entries === expected.entries && balance === expected.balance) return errors;
    const answered = `${expected.entries} and ${expected.balance}`;
    const found = `${entries} entries and ${balance} credits; the answers add up to ${answered}`;
    return [...errors, `${name}: ${found}`];
  }

  /** Returns the number of actions that were answered with success but aren't in the ledger. */
  async lost(): Promise<number> {
    const { audit, entriesBefore, entriesPerAction } = this.#options;
    const { entries } = await audit();
    return this.#answered - (entries - entriesBefore) / entriesPerAction;
  }
}

/** Returns the problems of several accounts. */
export async function problemsOf(accounts: readonly (Account | null)[]): Promise<string[]> {
  const found = await Promise.all(accounts.map((account) => account?.problems() ?? []));
  return found.flat();
}
