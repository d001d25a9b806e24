import { type Audit, CREDITS } from './ledger.ts';
import type { LoadResult } from './load.ts';
import { PRICE_CREDITS } from './request.ts';

interface AccountOptions {
  readonly id: string;
  /** Whose it is and what is done with it, for messages. */
  readonly name: string;
  readonly audit: () => Promise<Audit>;
  /** Entries that stand in its ledger before the first action. */
  readonly entriesBefore: number;
  readonly entriesPerAction: number;
  /** What is left of the credits before the first action. */
  readonly credits?: number;
}

/** A wallet that is charged during a run, and what was answered; in the end both have to agree. */
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

  /** Takes note of what a load came to. */
  note<R extends LoadResult>(result: R): R {
    this.#answered += result.done;
    for (const [error, count] of Object.entries(result.errors)) {
      this.#errors.set(error, (this.#errors.get(error) ?? 0) + count);
    }
    return result;
  }

  /** Errors, and what the ledger has too much or too little. */
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
    const found = `${entries} entries and ${balance} credits; answered were ${answered}`;
    return [...errors, `${name}: ${found}`];
  }

  /** How many of the actions that were answered with success are not in the ledger. */
  async lost(): Promise<number> {
    const { audit, entriesBefore, entriesPerAction } = this.#options;
    const { entries } = await audit();
    return this.#answered - (entries - entriesBefore) / entriesPerAction;
  }
}

/** The problems of several accounts. */
export async function problemsOf(accounts: readonly (Account | null)[]): Promise<string[]> {
  const found = await Promise.all(accounts.map((account) => account?.problems() ?? []));
  return found.flat();
}
