import { data } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { dataOf } from '../../platform/http/schemas.ts';
import { claimDeposit } from './claimDeposit.ts';
import { claimDepositSchema, depositSchema, paymentAddressSchema, renderDeposit } from './deposits.schemas.ts';
import { findPaymentAddress } from './findPaymentAddress.ts';
import type { DepositsNeeds } from './needs.ts';

const tag = 'Orders';
const access = { to: 'account' } as const;

export const depositRoutes = [
  defineRoute({
    method: 'get',
    path: '/billing/payment-address',
    tag,
    summary: 'Get the payment address for USDC',
    description:
      'The address is allotted on the first call, and never changes. The first call writes, so it is refused during ' +
      'maintenance.',
    access,
    response: dataOf(paymentAddressSchema),
    errors: ['USDC_NOT_CONFIGURED', 'MAINTENANCE'],
    handle: async (deps: DepositsNeeds, { caller }) => data(await findPaymentAddress(deps, caller.accountId)),
  }),
  defineRoute({
    method: 'post',
    path: '/billing/verify-topup',
    tag,
    summary: 'Claim a transfer of USDC',
    description:
      'A transfer is credited only once. Unclaimed transfers are credited automatically some minutes later. ' +
      'After a 404 or 409, try again when `Retry-After` says so. A 422 is final.',
    access,
    body: claimDepositSchema,
    response: dataOf(depositSchema),
    errors: [
      'AMOUNT_TOO_SMALL',
      'UNKNOWN_CURRENCY',
      'TRANSACTION_NOT_FOUND',
      'TRANSACTION_UNCONFIRMED',
      'TRANSACTION_REORGANISED',
      'USDC_NOT_CONFIGURED',
      'TRANSACTION_FAILED',
      'TRANSFER_NOT_FOUND',
      'NOT_A_USDC_TRANSFER',
      'NOT_YOUR_TRANSFER',
      'AMOUNT_MISMATCH',
      'PAYMENT_PROVIDER_MISCONFIGURED',
      'PAYMENT_PROVIDER_UNAVAILABLE',
    ],
    handle: async (deps: DepositsNeeds, { caller, body }) => {
      const { order, replayed } = await claimDeposit(deps, caller, body);
      return data(renderDeposit(order), replayed);
    },
  }),
];
