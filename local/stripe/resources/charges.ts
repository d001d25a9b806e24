import { defineRoute, type Resource } from '../api/apiRoute.ts';
import { isCreatedWithin, LIST_PARAMETERS, paginate } from '../api/pagination.ts';
import { idOf } from '../idOf.ts';
import { createId } from '../ids.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';

/** The fields that differ between successful, pending and failed charges. */
export type ChargeResult = Pick<
  Stripe.Charge,
  'status' | 'paid' | 'captured' | 'outcome' | 'failure_code' | 'failure_message'
>;

/** Creates the charge of an attempt to pay a payment intent. */
export function createCharge(
  account: LocalAccount,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  result: ChargeResult,
): Stripe.Charge {
  const { address, email, name, phone, tax_id } = method.billing_details;
  const id = createId('ch_3', 23);
  return account.charges.add({
    id,
    object: 'charge',
    amount: intent.amount,
    amount_captured: result.captured ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: { address, email, name, phone, tax_id },
    calculated_statement_descriptor: 'LOCAL STRIPE',
    created: account.clock.nowSeconds(),
    currency: intent.currency,
    customer: idOf(intent.customer),
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    fraud_details: {},
    livemode: false,
    metadata: { ...intent.metadata },
    on_behalf_of: null,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: chargedDetails(method),
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: result.status === 'failed' ? null : `${account.publicUrl}/receipts/${id}`,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    transfer_data: null,
    transfer_group: null,
    ...result,
  });
}

function chargedDetails(method: Stripe.PaymentMethod): Stripe.Charge.PaymentMethodDetails {
  const { type, card, us_bank_account, bacs_debit, sepa_debit } = method;
  if (card) return { type, card: chargedCard(card) };
  if (us_bank_account) {
    const { account_holder_type, account_type, bank_name, fingerprint, last4, routing_number } = us_bank_account;
    return {
      type,
      us_bank_account: {
        account_holder_type,
        account_type,
        bank_name,
        fingerprint,
        last4,
        payment_reference: null,
        routing_number,
      },
    };
  }
  if (bacs_debit) return { type, bacs_debit: { ...bacs_debit, mandate: null } };
  if (sepa_debit) {
    const { bank_code, branch_code, country, fingerprint, last4 } = sepa_debit;
    return { type, sepa_debit: { bank_code, branch_code, country, fingerprint, last4, mandate: null } };
  }
  return { type };
}

function chargedCard(card: Stripe.PaymentMethod.Card): Stripe.Charge.PaymentMethodDetails.Card {
  const { brand, checks, country, exp_month, exp_year, fingerprint = null, funding, last4, regulated_status } = card;
  return {
    amount_authorized: null,
    authorization_code: null,
    brand,
    checks,
    country,
    electronic_commerce_indicator: null,
    exp_month,
    exp_year,
    fingerprint,
    funding,
    installments: null,
    last4,
    mandate: null,
    network: brand,
    network_transaction_id: null,
    regulated_status,
    three_d_secure: null,
    transaction_link_id: null,
    wallet: null,
  };
}

export const charges: Resource = {
  routes: [
    defineRoute({
      method: 'GET',
      path: '/v1/charges/{id}',
      accepts: [],
      handle: ({ account, id }) => account.charges.get(id),
    }),
    defineRoute<Stripe.ChargeListParams>({
      method: 'GET',
      path: '/v1/charges',
      accepts: [...LIST_PARAMETERS, 'created', 'customer', 'payment_intent'],
      handle: ({ account, params, path }) => {
        const found = account.charges
          .newestFirst()
          .filter(
            (charge) =>
              isCreatedWithin(charge.created, params.created) &&
              (params.customer ?? idOf(charge.customer)) === idOf(charge.customer) &&
              (params.payment_intent ?? idOf(charge.payment_intent)) === idOf(charge.payment_intent),
          );
        return paginate(found, params, path);
      },
    }),
  ],
  includes: {
    charge: {
      refunds: (account, charge: Stripe.Charge) => {
        const refunds = account.refunds.newestFirst().filter((refund) => refund.charge === charge.id);
        return paginate(refunds, undefined, `/v1/charges/${charge.id}/refunds`);
      },
    },
  },
};
