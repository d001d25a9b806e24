import { type CreemTransaction, transactionsSchema } from './creem.schemas.ts';
import type { CreemClient } from './creemClient.ts';

const PAGE_SIZE = 100;
/** Number of pages that are read of one list; see ADR 0013. */
const MAX_PAGES = 50;

interface TransactionsPage {
  readonly items: readonly CreemTransaction[];
  /** The number of the next page; null on the last page, and after MAX_PAGES. */
  readonly next: number | null;
}
type Filter = { readonly customer_id?: string; readonly product_id?: string };

/**
 * Returns one page of Creem's list of payments.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function pageOfTransactions(client: CreemClient, page: number, filter: Filter): Promise<TransactionsPage> {
  const query = { ...filter, page_number: page, page_size: PAGE_SIZE };
  const { items, pagination } = await client.get('/v1/transactions/search', query, { schema: transactionsSchema });
  const next = pagination.next_page ?? null;
  return { items, next: next !== null && next <= MAX_PAGES ? next : null };
}

/**
 * Lists the payments of a customer, the payments for a product, or all payments, in Creem's order.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function* listTransactions(client: CreemClient, filter: Filter): AsyncGenerator<CreemTransaction> {
  for (let page: number | null = 1; page !== null; ) {
    const listed: TransactionsPage = await pageOfTransactions(client, page, filter);
    yield* listed.items;
    page = listed.next;
  }
}
