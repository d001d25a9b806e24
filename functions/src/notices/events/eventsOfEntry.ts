import type { AlsoCreated, Entry, Wallet } from '@cloud-bridge/ledger';
import { crossingEvents } from './crossingEvents.ts';
import { nearCapEvents } from './nearCapEvents.ts';
import { storedEvent } from './outbox.ts';

/** Returns the documents of the events that an entry raises. The ledger creates them in the entry's commit. */
export function eventsOfEntry(entry: Entry, { alertLevels = [] }: Wallet): readonly AlsoCreated[] {
  return [...nearCapEvents(entry), ...crossingEvents(alertLevels, entry)].map(storedEvent);
}
