import type { Logger } from '@cloud-bridge/base';
import type { AccountsNeeds } from '../../access/accounts/needs.ts';
import type { Users } from '../../access/accounts/users.ts';
import type { CardProvider } from '../payments/cardProvider.ts';

/** What knows who pays at a provider. */
export interface CustomersNeeds {
  readonly accounts: AccountsNeeds['accounts'];
  readonly cards: CardProvider;
  readonly logger: Logger;
  readonly users: Users;
}
