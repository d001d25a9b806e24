import { type IsoTime, runUnitOfWork, storedAs, type UnitOfWork } from '@cloud-bridge/base';
import type { CollectionReference, DocumentReference, Firestore } from 'firebase-admin/firestore';
import type { WebhookLine } from './waitingLine.ts';

const WEBHOOK_LINES = storedAs<WebhookLine>();

/** Stores which webhook attempts of an account are under way, in `webhookLines/{accountId}`. */
export class WebhookLineStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  get #lines(): CollectionReference<WebhookLine> {
    return this.#db.collection('webhookLines').withConverter(WEBHOOK_LINES);
  }

  #ref(accountId: string): DocumentReference<WebhookLine> {
    return this.#lines.doc(accountId);
  }

  async find(accountId: string): Promise<WebhookLine | null> {
    return (await this.#ref(accountId).get()).data() ?? null;
  }

  async findIn(unit: UnitOfWork, accountId: string): Promise<WebhookLine | null> {
    const [snapshot] = await unit.getAll(this.#ref(accountId));
    return snapshot.data() ?? null;
  }

  /** Creates a line, or overwrites the line that the same unit of work has read. */
  writeIn(unit: UnitOfWork, before: WebhookLine | null, after: WebhookLine): void {
    const reference = this.#ref(after.accountId);
    if (before) unit.update(reference, WEBHOOK_LINES.whole(after));
    else unit.create(reference, after);
  }

  /**
   * Changes an account's line by a rule. A rule that returns the same object writes nothing.
   * @returns the line after the change; null when the account has no line
   */
  async change(
    accountId: string,
    rule: (before: WebhookLine) => WebhookLine | Promise<WebhookLine>,
  ): Promise<WebhookLine | null> {
    return runUnitOfWork(this.#db, async (unit) => {
      const before = await this.findIn(unit, accountId);
      const after = before && (await rule(before));
      if (before && after && after !== before) this.writeIn(unit, before, after);
      return after;
    });
  }

  /** Returns the lines that the sweep has to check by now, longest overdue first. */
  async listToWake(now: IsoTime, limit: number): Promise<WebhookLine[]> {
    const lines = this.#lines.where('wakeAt', '<=', now).orderBy('wakeAt').limit(limit);
    return (await lines.get()).docs.map((document) => document.data());
  }

  async delete(accountId: string): Promise<void> {
    await this.#ref(accountId).delete();
  }
}
