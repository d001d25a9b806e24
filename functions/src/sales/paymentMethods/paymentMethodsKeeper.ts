import type { AccountKeeper } from '../../access/accounts/accountKeeper.ts';
import { inOneGo } from '../../platform/accountData/erasures.ts';
import { whole } from '../../platform/accountData/sections.ts';
import type { PaymentMethodsNeeds } from './needs.ts';

/** Knows what Stripe keeps of an account: cards and billing details, until the customer is forgotten. */
export function paymentMethodsKeeper({
  accounts,
  cards,
}: Pick<PaymentMethodsNeeds, 'accounts' | 'cards'>): AccountKeeper {
  const customerOf = async (accountId: string) => (await accounts.find(accountId))?.customerIds?.stripe;
  return {
    sections: {
      paymentMethods: async (id) => {
        const customerId = await customerOf(id);
        return whole(customerId ? await cards.listMethods(customerId) : []);
      },
      billingDetails: async (id) => {
        const customerId = await customerOf(id);
        return whole(customerId ? [await cards.readDetails(customerId)] : []);
      },
    },
    erasures: {
      // The provider keeps its payments, with a customer of whom nothing else is known.
      customer: inOneGo(async ({ customerIds }) => {
        if (customerIds?.stripe) await cards.forgetCustomer(customerIds.stripe);
      }),
    },
  };
}
