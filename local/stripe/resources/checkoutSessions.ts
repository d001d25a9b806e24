import { defineRoute, type Resource } from '../api/apiRoute.ts';
import { isCreatedWithin, LIST_PARAMETERS, paginate } from '../api/pagination.ts';
import { createSession } from '../checkout/createSession.ts';
import { createSetupSession } from '../checkout/createSetupSession.ts';
import { expireSession } from '../checkout/sessionLife.ts';
import { idOf } from '../idOf.ts';
import type { Stripe } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';

const lineItemsUrl = (session: string): string => `/v1/checkout/sessions/${session}/line_items`;

export const checkoutSessions: Resource = {
  routes: [
    defineRoute<Stripe.Checkout.SessionCreateParams>({
      method: 'POST',
      path: '/v1/checkout/sessions',
      accepts: [
        'adaptive_pricing.enabled',
        'automatic_tax.enabled',
        'billing_address_collection',
        'cancel_url',
        'client_reference_id',
        'currency',
        'customer',
        'customer_creation',
        'customer_email',
        'customer_update.address',
        'customer_update.name',
        'discounts',
        'expires_at',
        'invoice_creation.enabled',
        'invoice_creation.invoice_data.description',
        'invoice_creation.invoice_data.footer',
        'invoice_creation.invoice_data.metadata',
        'line_items.metadata',
        'line_items.price',
        'line_items.price_data.currency',
        'line_items.price_data.product_data.description',
        'line_items.price_data.product_data.images',
        'line_items.price_data.product_data.metadata',
        'line_items.price_data.product_data.name',
        'line_items.price_data.tax_behavior',
        'line_items.price_data.unit_amount',
        'line_items.quantity',
        'locale',
        'metadata',
        'mode',
        'payment_intent_data.description',
        'payment_intent_data.metadata',
        'payment_intent_data.receipt_email',
        'payment_intent_data.setup_future_usage',
        'setup_intent_data.description',
        'setup_intent_data.metadata',
        'submit_type',
        'subscription_data.description',
        'subscription_data.metadata',
        'success_url',
        'tax_id_collection.enabled',
      ],
      handle: ({ account, params, publicUrl }) =>
        params.mode === 'setup'
          ? createSetupSession(account, params, publicUrl)
          : createSession(account, params, publicUrl),
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/checkout/sessions/{id}',
      accepts: [],
      handle: ({ account, id }) => account.sessions.get(id),
    }),
    defineRoute<Stripe.Checkout.SessionListParams>({
      method: 'GET',
      path: '/v1/checkout/sessions',
      accepts: [...LIST_PARAMETERS, 'created', 'customer', 'payment_intent', 'status', 'subscription'],
      handle: ({ account, params, path }) => {
        const found = account.sessions
          .newestFirst()
          .filter(
            (session) =>
              isCreatedWithin(session.created, params.created) &&
              (params.customer ?? idOf(session.customer)) === idOf(session.customer) &&
              (params.payment_intent ?? idOf(session.payment_intent)) === idOf(session.payment_intent) &&
              (params.subscription ?? idOf(session.subscription)) === idOf(session.subscription) &&
              (params.status ?? session.status) === session.status,
          );
        return paginate(found, params, path);
      },
    }),
    defineRoute<Stripe.Checkout.SessionListLineItemsParams>({
      method: 'GET',
      path: '/v1/checkout/sessions/{id}/line_items',
      accepts: LIST_PARAMETERS,
      handle: ({ account, params, id, path }) => {
        return paginate(account.lineItems.get(account.sessions.get(id).id) ?? [], params, path);
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/checkout/sessions/{id}/expire',
      accepts: [],
      handle: ({ account, id }) => {
        const session = account.sessions.get(id);
        expireSession(account, session);
        return session;
      },
    }),
  ],
  includes: {
    'checkout.session': {
      line_items: (account: LocalAccount, session: Stripe.Checkout.Session) => {
        return paginate(account.lineItems.get(session.id) ?? [], undefined, lineItemsUrl(session.id));
      },
    },
  },
};
