import type { Clock, Logger } from '@cloud-bridge/base';
import type { Firestore } from 'firebase-admin/firestore';
import type { ApiKeysNeeds } from '../apiKeys/needs.ts';
import type { AuditLogNeeds } from '../auditLog/needs.ts';
import type { WalletAccessNeeds } from '../wallets/needs.ts';
import type { AccountKeeper } from './accountKeeper.ts';
import type { AccountStore } from './accounts.store.ts';
import type { ProviderName } from './providerName.ts';
import type { Users } from './users.ts';

/** Needs of the code that finds, freezes, exports and deletes accounts. */
export interface AccountsNeeds extends AuditLogNeeds {
  readonly accounts: AccountStore;
  readonly apiKeys: ApiKeysNeeds['apiKeys'];
  readonly clock: Clock;
  readonly db: Firestore;
  readonly keepers: readonly AccountKeeper[];
  readonly logger: Logger;
  readonly users: Users;
}

/** Recognizes the ids of a provider's customers by their form. */
interface KnowsCustomerIds {
  isCustomerId(id: string): boolean;
}

/** Needs of the code that finds accounts for operators, with the balances of their wallets. */
export interface FindAccountsNeeds extends AccountsNeeds, WalletAccessNeeds {
  readonly providers: Readonly<Record<ProviderName, KnowsCustomerIds>>;
}
