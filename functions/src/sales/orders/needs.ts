import type { EventsNeeds } from '../../notices/events/needs.ts';
import type { CouponsNeeds } from '../coupons/needs.ts';
import type { CustomersNeeds } from '../customers/needs.ts';
import type { IncomingNeeds } from '../incoming/needs.ts';
import type { PaymentsNeeds } from '../payments/needs.ts';
import type { Seals } from '../seals/seals.ts';
import type { OpenCheckoutStore } from './openCheckouts.store.ts';
import type { OrderStore } from './orders.store.ts';

/** Needs of the code that places orders and follows their payments. */
export interface OrdersNeeds extends EventsNeeds, CouponsNeeds, CustomersNeeds, PaymentsNeeds, IncomingNeeds {
  readonly openCheckouts: OpenCheckoutStore;
  readonly orders: OrderStore;
  readonly seals: Seals;
}
