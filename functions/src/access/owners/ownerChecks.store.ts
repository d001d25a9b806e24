import { runUnitOfWork, storedAs, type TimePosition } from '@cloud-bridge/base';
import type { DocumentReference, Firestore } from 'firebase-admin/firestore';
import type { Account } from '../accounts/account.ts';
import {
  blockedAfter,
  EMPTY_LIST,
  LIST_SIZE,
  type OwnerChange,
  type OwnerCheckState,
  type OwnerList,
  withAccounts,
} from './ownerList.ts';

const FIRST: OwnerCheckState = { listedUntil: null, lists: 0, nextList: 0 };

const STATES = storedAs<OwnerCheckState>();
const LISTS = storedAs<OwnerList>();

/** `ownerChecks/state`, and `ownerChecks/list{n}` with the ids of up to 2,000 accounts each. */
export class OwnerCheckStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  get #state(): DocumentReference<OwnerCheckState> {
    return this.#db.collection('ownerChecks').withConverter(STATES).doc('state');
  }

  #list(number: number): DocumentReference<OwnerList> {
    return this.#db.collection('ownerChecks').withConverter(LISTS).doc(`list${number}`);
  }

  async readState(): Promise<OwnerCheckState> {
    return (await this.#state.get()).data() ?? FIRST;
  }

  async readList(number: number): Promise<OwnerList> {
    return (await this.#list(number).get()).data() ?? EMPTY_LIST;
  }

  /** Stores the number of the list that is checked next. */
  async writeNextList(nextList: number): Promise<void> {
    await this.#state.update({ nextList });
  }

  /**
   * Adds accounts to the lists, each with its present block. The blocks matter after a restore, which rebuilds the
   * lists: a block that the lists don't have would never be lifted. Returns false, and adds nothing, if another run has
   * added accounts meanwhile.
   * @param after the last account listed so far
   * @param accounts the accounts that follow, at most as many as a list holds
   */
  async append(
    after: TimePosition | null,
    accounts: readonly Pick<Account, 'id' | 'createdAt' | 'ownerBlock'>[],
  ): Promise<boolean> {
    return runUnitOfWork(this.#db, async (unit) => {
      const [stateSnapshot] = await unit.getAll(this.#state);
      const state = stateSnapshot.data() ?? FIRST;
      if (state.listedUntil?.id !== after?.id) return false;
      const last = accounts.at(-1);
      if (!last) return true;
      const lastNumber = Math.max(0, state.lists - 1);
      const [lastSnapshot] = await unit.getAll(this.#list(lastNumber));
      const present = lastSnapshot.data();
      const room = LIST_SIZE - (present?.accountIds.length ?? 0);
      const rest = accounts.slice(room);
      const here = withAccounts(present ?? EMPTY_LIST, accounts.slice(0, room));
      if (present) unit.update(this.#list(lastNumber), LISTS.whole(here));
      else unit.create(this.#list(lastNumber), here);
      if (rest.length > 0) unit.create(this.#list(lastNumber + 1), withAccounts(EMPTY_LIST, rest));
      const listedUntil = { createdAt: last.createdAt, id: last.id };
      const next = { ...state, listedUntil, lists: lastNumber + (rest.length > 0 ? 2 : 1) };
      if (stateSnapshot.exists) unit.update(this.#state, STATES.whole(next));
      else unit.create(this.#state, next);
      return true;
    });
  }

  /**
   * Marks accounts of a list whose freezes are being changed. After a crash during the change, the mark makes the next
   * check look at them again, even if their owners are back in their former state by then.
   */
  async noteBegun(number: number, changes: readonly OwnerChange[]): Promise<void> {
    const begun = changes.map(({ place }) => ({ place, block: 'unsure' as const }));
    await this.#note(number, begun);
  }

  /** Stores the owners' blocks after the freezes of their accounts were changed. */
  async noteChanges(number: number, changes: readonly OwnerChange[]): Promise<void> {
    await this.#note(number, changes);
  }

  async #note(number: number, changes: Parameters<typeof blockedAfter>[1]): Promise<void> {
    await runUnitOfWork(this.#db, async (unit) => {
      const [snapshot] = await unit.getAll(this.#list(number));
      const list = snapshot.data();
      if (list) unit.update(this.#list(number), { blocked: blockedAfter(list.blocked, changes) });
    });
  }
}
