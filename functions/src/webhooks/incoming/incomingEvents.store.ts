import type { DocumentReference, Firestore } from 'firebase-admin/firestore';
import { isAlreadyExists } from '../../shared/firestoreErrors.ts';
import type { IsoTime } from '../../shared/time.ts';
import type { UnitOfWork } from '../../shared/unitOfWork.ts';

/** What came of an event: it changed something, or there was nothing here to change. */
type EventOutcome = 'handled' | 'ignored';

/** The marker of an event that has had its effect; written in the same commit as the effect. */
export interface IncomingEvent {
  readonly provider: 'stripe';
  readonly eventId: string;
  readonly type: string;
  readonly outcome: EventOutcome;
  readonly orderId: string | null;
  readonly handledAt: IsoTime;
}

/** `webhookEvents/{provider_eventId}` */
export class IncomingEventStore {
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  #ref({ provider, eventId }: Pick<IncomingEvent, 'provider' | 'eventId'>): DocumentReference {
    return this.#db.collection('webhookEvents').doc(`${provider}_${eventId}`);
  }

  async isMarkedIn(unit: UnitOfWork, event: Pick<IncomingEvent, 'provider' | 'eventId'>): Promise<boolean> {
    const [snapshot] = await unit.getAll(this.#ref(event));
    return snapshot?.exists === true;
  }

  markIn(unit: UnitOfWork, event: IncomingEvent): void {
    unit.create(this.#ref(event), { ...event });
  }

  /** Marks an event that has no effect; false if it was marked before. */
  async mark(event: IncomingEvent): Promise<boolean> {
    try {
      await this.#ref(event).create({ ...event });
      return true;
    } catch (error) {
      if (isAlreadyExists(error)) return false;
      throw error;
    }
  }
}
