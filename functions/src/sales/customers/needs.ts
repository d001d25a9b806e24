import type { Logger } from '@cloud-bridge/base';
import type { AccountsNeeds } from '../../access/accounts/needs.ts';
import type { Users } from '../../access/accounts/users.ts';
import type { PaymentsNeeds } from '../payments/needs.ts';

/** Needs of the code that finds and creates an account's customers at providers. */
export interface CustomersNeeds extends PaymentsNeeds {
  readonly accounts: AccountsNeeds['accounts'];
  readonly logger: Logger;
  readonly users: Users;
}
