import { type IsoTime, runUnitOfWork, type UnitOfWork } from '@cloud-bridge/base';
import type { DocumentReference, Firestore } from 'firebase-admin/firestore';
import type { WebhookLine } from './waitingLine.ts';

/** `webhookLines/{accountId}` */
export class WebhookLineStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  #ref(accountId: string): DocumentReference {
    return this.#db.collection('webhookLines').doc(accountId);
  }

  async find(accountId: string): Promise<WebhookLine | null> {
    return ((await this.#ref(accountId).get()).data() as WebhookLine | undefined) ?? null;
  }

  async findIn(unit: UnitOfWork, accountId: string): Promise<WebhookLine | null> {
    const [snapshot] = await unit.getAll(this.#ref(accountId));
    return (snapshot?.data() as WebhookLine | undefined) ?? null;
  }

  /** Writes a line that the unit has read. */
  writeIn(unit: UnitOfWork, before: WebhookLine | null, after: WebhookLine): void {
    const reference = this.#ref(after.accountId);
    if (before) unit.update(reference, { ...after });
    else unit.create(reference, { ...after });
  }

  /** Changes one by a pure rule, which gives the same object back to write nothing; null where there is none. */
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

  /** Lines that the sweep has to look at, longest ago first. */
  async listToWake(now: IsoTime, limit: number): Promise<WebhookLine[]> {
    const lines = this.#db.collection('webhookLines').where('wakeAt', '<=', now).orderBy('wakeAt').limit(limit);
    return (await lines.get()).docs.map((document) => document.data() as WebhookLine);
  }

  async delete(accountId: string): Promise<void> {
    await this.#ref(accountId).delete();
  }
}
