import type { Logger } from '@cloud-bridge/base';
import type { AccountsNeeds } from '../../access/accounts/needs.ts';
import type { Users } from '../../access/accounts/users.ts';
import type { PaymentsNeeds } from '../payments/needs.ts';

/** What knows who pays at a provider. */
export interface CustomersNeeds extends PaymentsNeeds {
  readonly accounts: AccountsNeeds['accounts'];
  readonly logger: Logger;
  readonly users: Users;
}
