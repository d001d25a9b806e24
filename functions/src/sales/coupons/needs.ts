import type { Clock, Logger } from '@cloud-bridge/base';
import type { Ledger } from '@cloud-bridge/ledger';
import type { Firestore } from 'firebase-admin/firestore';
import type { AuditLogNeeds } from '../../access/auditLog/needs.ts';
import type { RateLimiter } from '../../access/requests/rateLimiter.ts';
import type { PaymentsNeeds } from '../payments/needs.ts';
import type { CouponStore } from './coupons.store.ts';

/** Needs of the code that creates, redeems and ends coupons. */
export interface CouponsNeeds extends AuditLogNeeds, PaymentsNeeds {
  readonly clock: Clock;
  readonly coupons: CouponStore;
  readonly db: Firestore;
  readonly logger: Logger;
  readonly rateLimiter: RateLimiter;
  readonly wallets: Ledger;
}
