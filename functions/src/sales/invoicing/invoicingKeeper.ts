import type { AccountKeeper } from '../../access/accounts/accountKeeper.ts';
import { inOneGo } from '../../platform/accountData/erasures.ts';
import { whole } from '../../platform/accountData/sections.ts';
import type { InvoicingNeeds } from './needs.ts';

/** Keeps whether, and as whom, an account may buy by invoice. */
export function invoicingKeeper({ invoicing }: Pick<InvoicingNeeds, 'invoicing'>): AccountKeeper {
  return {
    sections: { invoicing: async (id) => whole([await invoicing.find(id)]) },
    erasures: { invoicing: inOneGo(({ id }) => invoicing.delete(id)) },
  };
}
