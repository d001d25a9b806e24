import type { IsoTime } from '@cloud-bridge/base';
import type { ProviderName } from './providerName.ts';
import type { OwnerBlock } from './users.ts';

/** Progress of a round of an account's erasure: the next step, and the position in the step to continue after. */
export interface ErasurePosition {
  readonly step: string;
  readonly after: string | null;
}

/** The owner of wallets. The account's id is the Firebase uid of its owner. */
export interface Account {
  readonly id: string;
  /** The owner's email address, as the latest ID token says. */
  readonly email: string | null;
  /** True when Firebase Auth has verified the address; missing until a token has said so. */
  readonly isEmailVerified?: boolean;
  /** When that token was issued. An older token that is still in use doesn't change the address. */
  readonly emailAsOf?: IsoTime;
  readonly createdAt: IsoTime;
  /** The customer's id at each provider that has a customer for the account. */
  readonly customerIds?: Readonly<Partial<Record<ProviderName, string>>>;
  /** When an operator froze the account; null or missing while no operator has. */
  readonly frozenAt?: IsoTime | null;
  readonly frozenReason?: string | null;
  /** Webhook endpoints created so far. Each creation adds 1, so that concurrent creations are serialized. */
  readonly webhooksMade?: number;
  /** Since when the owner is disabled or deleted, which freezes the account too; null or missing while active. */
  readonly ownerBlockedAt?: IsoTime | null;
  readonly ownerBlock?: OwnerBlock | null;
  /** When the owner deleted the account; nobody can act for it since. The document stays, so nothing recreates it. */
  readonly deletedAt?: IsoTime;
  /** When the next round of the deletion is due; null once everything is erased that has to be. */
  readonly erasureDueAt?: IsoTime | null;
  /** The position at which that round continues; null or missing at the beginning. */
  readonly erasurePosition?: ErasurePosition | null;
}

/** Returns an account's customer ids as the API's fields: one for each provider, null without a customer. */
export function customerIdFields(customerIds: Account['customerIds']) {
  return { stripeCustomerId: customerIds?.stripe ?? null, creemCustomerId: customerIds?.creem ?? null };
}

/** True if an operator froze the account, or if its owner was disabled or deleted in Firebase Auth. */
export function isFrozen({ frozenAt, ownerBlockedAt }: Pick<Account, 'frozenAt' | 'ownerBlockedAt'>): boolean {
  return frozenAt != null || ownerBlockedAt != null;
}

/** The owner of an account, as an ID token describes them. */
export type OwnerIdentity = Pick<Account, 'id' | 'email' | 'isEmailVerified' | 'emailAsOf'>;

/** True if a token has another address or verification than the stored one, and isn't older than that. */
export function hasNewEmail(known: Omit<OwnerIdentity, 'id'>, told: OwnerIdentity): boolean {
  const isOther = told.email !== known.email || told.isEmailVerified !== known.isEmailVerified;
  return isOther && told.emailAsOf !== undefined && told.emailAsOf >= (known.emailAsOf ?? '');
}
