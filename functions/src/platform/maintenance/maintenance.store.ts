import { isoTime, storedAs } from '@cloud-bridge/base';
import type { DocumentReference, Firestore } from 'firebase-admin/firestore';
import { OFF, ON_SINCE_EVER, type SwitchState } from './maintenance.ts';

/** The switch as stored. An operator writes the state by hand, so it may be any value. */
interface StoredSwitch {
  readonly state: unknown;
}

const SWITCH = storedAs<StoredSwitch>();

/** `maintenance/switch`, in a separate database, so that a restore of the product's database doesn't change it. */
export class MaintenanceStore {
  readonly #db: Firestore;

  /** @param db the database of the switch, never the product's */
  constructor(db: Firestore) {
    this.#db = db;
  }

  async read(): Promise<SwitchState> {
    const snapshot = await this.#ref().get();
    const state = snapshot.data()?.state;
    if (state === 'off') return OFF;
    if (state === 'on' && snapshot.updateTime) return { isOn: true, since: isoTime(snapshot.updateTime.toMillis()) };
    return ON_SINCE_EVER;
  }

  /** Moves the switch. Doesn't rewrite a switch that is on, because that would restart the time for earlier work. */
  async turn(to: 'on' | 'off'): Promise<SwitchState> {
    const before = await this.read();
    if (to === 'on' && before.since !== null) return before;
    await this.#ref().set({ state: to });
    return this.read();
  }

  #ref(): DocumentReference<StoredSwitch> {
    return this.#db.collection('maintenance').withConverter(SWITCH).doc('switch');
  }
}
