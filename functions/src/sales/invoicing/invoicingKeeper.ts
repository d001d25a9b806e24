import type { AccountKeeper } from '../../access/accounts/accountKeeper.ts';
import { inOneGo } from '../../platform/accountData/erasures.ts';
import { whole } from '../../platform/accountData/sections.ts';
import type { InvoicingNeeds } from './needs.ts';

/** Exports and erases an account's request to pay by invoice. */
export function invoicingKeeper({ invoicing }: Pick<InvoicingNeeds, 'invoicing'>): AccountKeeper {
  return {
    sections: { invoicing: async (id) => whole([await invoicing.find(id)]) },
    erasures: { invoicing: inOneGo(({ id }) => invoicing.delete(id)) },
  };
}
