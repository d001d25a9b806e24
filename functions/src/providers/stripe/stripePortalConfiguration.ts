import { type Logger, requestHash } from '@cloud-bridge/base';
import type Stripe from 'stripe';
import { lostIn } from './callStripe.ts';

/**
 * What customers may do on Stripe's portal. Plans are switched through the API alone, and a subscription that is
 * canceled runs to the end of what was paid: whatever gives money back for the rest of a period (a proration) would
 * leave the credits of that period where they are.
 */
const FEATURES: Stripe.BillingPortal.ConfigurationCreateParams['features'] = {
  customer_update: { enabled: true, allowed_updates: ['name', 'address', 'tax_id'] },
  invoice_history: { enabled: true },
  payment_method_update: { enabled: true },
  subscription_cancel: { enabled: true, mode: 'at_period_end', proration_behavior: 'none' },
  subscription_update: { enabled: false },
};

/** How the configuration is found again; other features are another configuration. */
const PURPOSE = `cloud-bridge-billing-${requestHash(FEATURES).slice(0, 16)}`;
const PAGE_SIZE = 100;
const MAX_CONFIGURATIONS = 1_000;

/** The portal's configuration that is ours: made on first need, found again by its metadata, and remembered. */
export class StripePortalConfiguration {
  readonly #client: () => Stripe;
  readonly #logger: Logger;
  #id: string | null = null;

  constructor(client: () => Stripe, logger: Logger) {
    this.#client = client;
    this.#logger = logger;
  }

  /** Calls with the configuration's id; a configuration that is gone at Stripe is made again, once. */
  async use<T>(call: (configurationId: string) => Promise<T>): Promise<T> {
    const id = this.#id ?? (await this.#ensure(null));
    try {
      return await call(id);
    } catch (error) {
      if (lostIn(error) !== 'portal configuration') throw error;
      this.#logger.warn('the portal configuration was gone at Stripe and is made again', { configurationId: id });
      return call(await this.#ensure(id));
    }
  }

  async #ensure(lostId: string | null): Promise<string> {
    const known = await this.#find();
    const configuration = known && known.id !== lostId ? await this.#asOurs(known) : await this.#create(lostId);
    this.#id = configuration.id;
    return configuration.id;
  }

  async #find(): Promise<Stripe.BillingPortal.Configuration | undefined> {
    const all = await this.#client()
      .billingPortal.configurations.list({ active: true, limit: PAGE_SIZE })
      .autoPagingToArray({ limit: MAX_CONFIGURATIONS });
    return all.find(({ metadata }) => metadata?.purpose === PURPOSE);
  }

  /** Somebody may have allowed more in the dashboard. */
  async #asOurs(found: Stripe.BillingPortal.Configuration): Promise<Stripe.BillingPortal.Configuration> {
    if (allowsNoMore(found)) return found;
    this.#logger.warn('the portal configuration was changed at Stripe and is set right', { configurationId: found.id });
    return this.#client().billingPortal.configurations.update(found.id, { features: FEATURES });
  }

  #create(lostId: string | null): Promise<Stripe.BillingPortal.Configuration> {
    return this.#client().billingPortal.configurations.create(
      { name: 'Cloud Bridge Billing', features: FEATURES, metadata: { purpose: PURPOSE } },
      // However many ask at once, one is made; but Stripe answers a repeated key also with what is gone since.
      { idempotencyKey: lostId === null ? PURPOSE : `${PURPOSE}_${lostId}` },
    );
  }
}

/** True for a configuration under which no money comes back. Pure. */
function allowsNoMore({ features }: Pick<Stripe.BillingPortal.Configuration, 'features'>): boolean {
  const { subscription_cancel: cancel, subscription_update: update } = features;
  return (
    !update.enabled && (!cancel.enabled || (cancel.mode === 'at_period_end' && cancel.proration_behavior === 'none'))
  );
}
