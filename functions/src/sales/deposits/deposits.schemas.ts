import * as z from 'zod';
import { priceSchema, renderPrice } from '../../catalog/money.ts';
import { type DepositOrder, ORDER_STATUSES } from '../orders/order.ts';
import { USDC_CHAIN_NAMES } from '../payments/usdcChains.ts';
import { MAX_USDC, microsOf, usdcText } from './deposit.ts';

const chainSchema = z.enum(USDC_CHAIN_NAMES);
const addressSchema = z.string().meta({
  description:
    'The account’s own address. USDC that arrives there on this chain is credited; other chains are not scanned.',
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
    .meta({ description: 'The hash of the transaction that made the transfer, in upper or lower case.' }),
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
    .meta({ description: 'The transferred amount in USDC, with at most six decimals.', example: 50 }),
});
export type ClaimDepositRequest = z.output<typeof claimDepositSchema>;

export const depositSchema = z
  .object({
    orderId: z.string(),
    status: z.enum(ORDER_STATUSES),
    credits: z.int(),
    price: priceSchema.meta({ description: 'The amount in dollars, rounded down to whole cents.' }),
    amount: z.string().meta({ description: 'The transferred amount in USDC.', example: '50.5' }),
    chain: chainSchema,
    txHash: z.string().meta({ description: 'In lower case.' }),
    logIndex: z.int().meta({ description: 'The transfer’s position among the logs of the transaction.' }),
    paymentId: z.string(),
    transactionId: z.string().meta({ description: 'The ledger entry that added the credits.' }),
  })
  .meta({ id: 'Deposit' });

/** Renders the order of a deposit for the account's owner. */
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
