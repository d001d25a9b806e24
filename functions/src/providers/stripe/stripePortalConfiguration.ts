import { type Logger, requestHash } from '@cloud-bridge/base';
import type Stripe from 'stripe';
import { lostIn } from './callStripe.ts';

/**
 * What customers may do on Stripe's portal. Plans are changed only through the API, and a canceled subscription runs to
 * the end of the paid period: a refund for the rest of a period (a proration) wouldn't take that period's credits back.
 */
const FEATURES: Stripe.BillingPortal.ConfigurationCreateParams['features'] = {
  customer_update: { enabled: true, allowed_updates: ['name', 'address', 'tax_id'] },
  invoice_history: { enabled: true },
  payment_method_update: { enabled: true },
  subscription_cancel: { enabled: true, mode: 'at_period_end', proration_behavior: 'none' },
  subscription_update: { enabled: false },
};

/** Metadata by which the configuration is found again. It depends on the features, so new features get a new one. */
const PURPOSE = `cloud-bridge-billing-${requestHash(FEATURES).slice(0, 16)}`;
const PAGE_SIZE = 100;
const MAX_CONFIGURATIONS = 1_000;

/** Our configuration of Stripe's portal: created on first use, found again by its metadata, and cached. */
export class StripePortalConfiguration {
  readonly #client: () => Stripe;
  readonly #logger: Logger;
  #id: string | null = null;

  constructor(client: () => Stripe, logger: Logger) {
    this.#client = client;
    this.#logger = logger;
  }

  /** Calls with the configuration's id. Creates the configuration again, once, if Stripe doesn't have it any more. */
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

  /** Resets the configuration's features, if somebody has allowed more in Stripe's dashboard. */
  async #asOurs(found: Stripe.BillingPortal.Configuration): Promise<Stripe.BillingPortal.Configuration> {
    if (allowsNoMore(found)) return found;
    this.#logger.warn('the portal configuration was changed at Stripe and is reset', { configurationId: found.id });
    return this.#client().billingPortal.configurations.update(found.id, { features: FEATURES });
  }

  #create(lostId: string | null): Promise<Stripe.BillingPortal.Configuration> {
    return this.#client().billingPortal.configurations.create(
      { name: 'Cloud Bridge Billing', features: FEATURES, metadata: { purpose: PURPOSE } },
      // The key makes concurrent calls create one configuration. Stripe repeats its answer for a known key even if the
      // configuration was deleted since, so a replacement has its own key.
      { idempotencyKey: lostId === null ? PURPOSE : `${PURPOSE}_${lostId}` },
    );
  }
}

/** Returns true for a configuration under which customers can't get money back. */
function allowsNoMore({ features }: Pick<Stripe.BillingPortal.Configuration, 'features'>): boolean {
  const { subscription_cancel: cancel, subscription_update: update } = features;
  return (
    !update.enabled && (!cancel.enabled || (cancel.mode === 'at_period_end' && cancel.proration_behavior === 'none'))
  );
}
