import type * as z from 'zod';
import { type CreemTransaction, transactionsSchema } from './creem.schemas.ts';
import type { CreemClient } from './creemClient.ts';

const PAGE_SIZE = 100;
/** What is looked at of one list; see ADR 0013. */
const MAX_PAGES = 50;

/** Payments as Creem lists them, those of a customer, for a product, or all. Throws AppError 502/503 `PAYMENT_PROVIDER_…`. */
export async function* listTransactions(
  client: CreemClient,
  filter: { readonly customer_id?: string; readonly product_id?: string },
): AsyncGenerator<CreemTransaction> {
  let page: number | null = 1;
  while (page !== null && page <= MAX_PAGES) {
    const query = { ...filter, page_number: page, page_size: PAGE_SIZE };
    const reading = { schema: transactionsSchema };
    const listed: z.output<typeof transactionsSchema> = await client.get('/v1/transactions/search', query, reading);
    yield* listed.items;
    page = listed.pagination.next_page ?? null;
  }
}
