import type { AccountKeeper } from '../../access/accounts/accountKeeper.ts';
import { inOneGo } from '../../platform/accountData/erasures.ts';
import { whole } from '../../platform/accountData/sections.ts';
import { defaultProvider } from '../payments/providers.ts';
import type { PaymentMethodsNeeds } from './needs.ts';

/** Exports the cards and billing details that providers keep of an account, and erases them there. */
export function paymentMethodsKeeper(needs: Pick<PaymentMethodsNeeds, 'accounts' | 'providers'>): AccountKeeper {
  const { name, cards, customers } = defaultProvider(needs);
  const customerOf = async (accountId: string) => (await needs.accounts.find(accountId))?.customerIds?.[name];
  return {
    sections: {
      paymentMethods: async (id) => {
        const customerId = await customerOf(id);
        return whole(customerId ? await cards.listMethods(customerId) : []);
      },
      billingDetails: async (id) => {
        const customerId = await customerOf(id);
        return whole(customerId ? [await customers.readDetails(customerId)] : []);
      },
    },
    erasures: {
      // The provider keeps the payments and the customer's id, but no personal data.
      customer: inOneGo(async ({ customerIds = {} }) => {
        for (const provider of Object.values(needs.providers)) {
          const customerId = customerIds[provider.name];
          if (customerId) await provider.customers?.forgetCustomer(customerId);
        }
      }),
    },
  };
}
