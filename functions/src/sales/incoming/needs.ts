import type { Clock, Logger } from '@cloud-bridge/base';
import type { Firestore } from 'firebase-admin/firestore';
import type { FailedEventStore } from './failedEvents.store.ts';
import type { IncomingEventStore } from './incomingEvents.store.ts';

/** Needs of the code that records providers' events. */
export interface IncomingNeeds {
  readonly clock: Clock;
  readonly db: Firestore;
  readonly failedEvents: FailedEventStore;
  readonly incomingEvents: IncomingEventStore;
  readonly logger: Logger;
}
