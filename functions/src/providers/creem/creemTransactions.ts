import { type CreemTransaction, transactionsSchema } from './creem.schemas.ts';
import type { CreemClient } from './creemClient.ts';

const PAGE_SIZE = 100;
/** What is looked at of one list; see ADR 0013. */
const MAX_PAGES = 50;

interface TransactionsPage {
  readonly items: readonly CreemTransaction[];
  /** Null on the last page, and where a list has been looked at for long enough. */
  readonly next: number | null;
}
type Filter = { readonly customer_id?: string; readonly product_id?: string };

/**
 * One page of payments as Creem lists them.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function pageOfTransactions(client: CreemClient, page: number, filter: Filter): Promise<TransactionsPage> {
  const query = { ...filter, page_number: page, page_size: PAGE_SIZE };
  const { items, pagination } = await client.get('/v1/transactions/search', query, { schema: transactionsSchema });
  const next = pagination.next_page ?? null;
  return { items, next: next !== null && next <= MAX_PAGES ? next : null };
}

/**
 * Payments as Creem lists them, those of a customer, for a product, or all.
 * @throws PAYMENT_PROVIDER_REFUSED, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function* listTransactions(client: CreemClient, filter: Filter): AsyncGenerator<CreemTransaction> {
  for (let page: number | null = 1; page !== null; ) {
    const listed: TransactionsPage = await pageOfTransactions(client, page, filter);
    yield* listed.items;
    page = listed.next;
  }
}
