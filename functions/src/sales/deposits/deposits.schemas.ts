import * as z from 'zod';
import { priceSchema, renderPrice } from '../../catalog/money.ts';
import { type DepositOrder, ORDER_STATUSES } from '../orders/order.ts';
import { USDC_CHAIN_NAMES } from '../payments/usdcChains.ts';
import { MAX_USDC, microsOf, usdcText } from './deposit.ts';

const chainSchema = z.enum(USDC_CHAIN_NAMES);
const addressSchema = z.string().meta({
  description: "The account's own; USDC that comes there is credited to it. On no other chain is it looked at.",
  example: '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
});

export const paymentAddressSchema = z
  .object({ address: addressSchema, chain: chainSchema })
  .meta({ id: 'PaymentAddress' });

export const claimDepositSchema = z.strictObject({
  txHash: z
    .string()
    .regex(/^0[xX][0-9a-fA-F]{64}$/, { message: 'must be 0x and 64 hexadecimal digits' })
    .transform((hash) => hash.toLowerCase())
    .meta({ description: 'The transaction that made the transfer. Upper and lower case are the same.' }),
  amount: z
    .number()
    .positive()
    .max(MAX_USDC)
    .transform((amount, context) => {
      const amountMicros = microsOf(amount);
      if (amountMicros !== null) return amountMicros;
      context.addIssue({ code: 'custom', message: 'must have at most six decimals' });
      return z.NEVER;
    })
    .meta({ description: 'What was transferred, in USDC with at most six decimals.', example: 50 }),
});
export type ClaimDepositRequest = z.output<typeof claimDepositSchema>;

export const depositSchema = z
  .object({
    orderId: z.string(),
    status: z.enum(ORDER_STATUSES),
    credits: z.int(),
    price: priceSchema.meta({ description: 'The amount in dollars, without fractions of a cent.' }),
    amount: z.string().meta({ description: 'What was transferred, in USDC.', example: '50.5' }),
    chain: chainSchema,
    txHash: z.string().meta({ description: 'In lower case.' }),
    logIndex: z.int().meta({ description: 'Which of the events that the transaction logged it is.' }),
    paymentId: z.string(),
    transactionId: z.string().meta({ description: 'The ledger entry that credited it.' }),
  })
  .meta({ id: 'Deposit' });

/** The order of a deposit. */
export function renderDeposit(order: DepositOrder): z.input<typeof depositSchema> {
  const { id, status, credits, unitAmountMinor, currency, deposit, paymentId, entryId } = order;
  const { amountMicros, chain, txHash, logIndex } = deposit;
  return {
    orderId: id,
    status,
    credits,
    price: renderPrice(unitAmountMinor, currency),
    amount: usdcText(amountMicros),
    chain,
    txHash,
    logIndex,
    paymentId,
    transactionId: entryId,
  };
}
