import type { IsoTime } from '@cloud-bridge/base';
import type { ProviderName } from './providerName.ts';
import type { OwnerBlock } from './users.ts';

/** How far a round of an account's erasure is: the step that is next, and after what in it. */
export interface ErasurePosition {
  readonly step: string;
  readonly after: string | null;
}

/** Whoever owns wallets: its id is the Firebase uid. */
export interface Account {
  readonly id: string;
  /** The owner's address, as the latest ID token that was seen says it. */
  readonly email: string | null;
  /** Whether the owner has proved that it is theirs; missing: not known yet. */
  readonly isEmailVerified?: boolean;
  /** When the token was given that says so: an older one that is still in use changes nothing. */
  readonly emailAsOf?: IsoTime;
  readonly createdAt: IsoTime;
  /** Who the account is to each provider that has a customer for it. */
  readonly customerIds?: Readonly<Partial<Record<ProviderName, string>>>;
  /** Since when an operator has stopped it; null or missing: it goes on. */
  readonly frozenAt?: IsoTime | null;
  readonly frozenReason?: string | null;
  /** How many webhook endpoints it has made: every new one counts, so that two at once come one after the other. */
  readonly webhooksMade?: number;
  /** Since when its owner can't act for it, which freezes it as well; null or missing: the owner can. */
  readonly ownerBlockedAt?: IsoTime | null;
  readonly ownerBlock?: OwnerBlock | null;
  /** When its owner deleted it; from then on nobody acts for it. The document stays, so that nothing makes it anew. */
  readonly deletedAt?: IsoTime;
  /** When the next round of its deletion is due; none once everything is gone that has to go. */
  readonly erasureDueAt?: IsoTime | null;
  /** Where that round goes on; null or missing: at the beginning. */
  readonly erasurePosition?: ErasurePosition | null;
}

/** An account's customers as the API tells of them, in a field for each provider. */
export function customerIdFields(customerIds: Account['customerIds']) {
  return { stripeCustomerId: customerIds?.stripe ?? null, creemCustomerId: customerIds?.creem ?? null };
}

/** True for an account that an operator has stopped, or whose owner was disabled or deleted in Firebase Auth. */
export function isFrozen({ frozenAt, ownerBlockedAt }: Pick<Account, 'frozenAt' | 'ownerBlockedAt'>): boolean {
  return frozenAt != null || ownerBlockedAt != null;
}

/** What an ID token says of an account's owner. */
export type OwnerIdentity = Pick<Account, 'id' | 'email' | 'isEmailVerified' | 'emailAsOf'>;

/** True when a token says something else of the owner's address than what is known, and isn't older than that. */
export function hasNewEmail(known: Omit<OwnerIdentity, 'id'>, told: OwnerIdentity): boolean {
  const isOther = told.email !== known.email || told.isEmailVerified !== known.isEmailVerified;
  return isOther && told.emailAsOf !== undefined && told.emailAsOf >= (known.emailAsOf ?? '');
}
