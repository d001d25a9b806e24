import { TEST_KEY, TEST_SECRET, TestCreem } from '../../../../local/creem/testing.ts';
import { BUILT_IN_CATALOGS } from '../../../src/catalog/builtInCatalogs.ts';
import { createCreemWebhookApp } from '../../../src/providers/creem/creemWebhookApp.ts';
import type { FaultProxy } from '../../support/faultProxy.ts';
import { BEGINNING_MS, Lane, type SentEvent } from '../lane.ts';
import type { ProviderTrouble } from '../trouble.ts';
import { CREEM_PATHS } from './history.ts';

/** The catalog's products that the local Creem sells. */
const PRODUCTS: Readonly<Record<string, { creemProductId: string; creemYearlyProductId?: string }>> = {
  starter: { creemProductId: 'prod_local_starter' },
  growth: { creemProductId: 'prod_local_growth' },
  standard: { creemProductId: 'prod_local_standard' },
  team: { creemProductId: 'prod_local_team_month', creemYearlyProductId: 'prod_local_team_year' },
};

/** A world with a local Creem. */
export class CreemLane extends Lane {
  readonly provider = 'creem';
  readonly signatureHeader = 'creem-signature';
  readonly troublePaths = CREEM_PATHS;
  readonly creem: TestCreem;

  private constructor(creem: TestCreem, proxy: FaultProxy, projectId: string) {
    super(proxy, projectId);
    this.creem = creem;
  }

  static async open(name: string): Promise<CreemLane> {
    let lane: CreemLane | undefined;
    const creem = await TestCreem.start(() => lane?.nowMs ?? BEGINNING_MS);
    lane = new CreemLane(creem, await Lane.startProxy(), `demo-creem-chaos-${name}`);
    await lane.startInstances({
      config: { creemApiBaseUrl: creem.url, stripeApiBaseUrl: 'http://stripe.invalid' },
      secrets: {
        creemApiKey: () => TEST_KEY,
        creemWebhookSecrets: () => [TEST_SECRET],
        stripe: () => Promise.reject(new Error('nothing here is at Stripe')),
        stripeWebhookSecrets: () => [],
      },
      createWebhookApp: createCreemWebhookApp,
    });
    return lane;
  }

  override async clear(): Promise<void> {
    await super.clear();
    const { packs, plans, ...rest } = BUILT_IN_CATALOGS['cloud-bridge'];
    await this.db.doc('catalog/current').set({
      ...rest,
      packs: packs.map((pack) => ({ ...pack, ...PRODUCTS[pack.key] })),
      plans: plans.map((plan) => ({ ...plan, ...PRODUCTS[plan.slug] })),
    });
  }

  async sentEvents(): Promise<readonly SentEvent[]> {
    await this.control('webhooks/flush');
    return this.creem.received.map(({ event, body, signature }) => {
      return { id: event.id, type: event.eventType, body, signature };
    });
  }

  isHandled(): boolean {
    return true;
  }

  /** Sends a request to the control endpoints. Returns false when the object's state doesn't allow the request. */
  async control(path: string, body: object = {}): Promise<boolean> {
    const { status, json } = await this.creem.control(path, body);
    if (status !== 200 && status !== 400) throw new Error(`${path}: ${JSON.stringify(json)}`);
    return status === 200;
  }

  protected async failProvider({ path, afterEffect, times = 1 }: ProviderTrouble): Promise<void> {
    // The client repeats reads at once, so a fault has to last for all repetitions to be noticed.
    if (!afterEffect) await this.control('faults', { method: 'GET', path, status: 500, times: Math.max(times, 3) });
    await this.control('faults', { method: 'POST', path, afterEffect, times, status: 500 });
  }

  protected async healProvider(): Promise<void> {
    await this.control('faults', { clear: true });
  }

  protected async clearProvider(): Promise<void> {
    await this.control('reset');
    this.creem.received.length = 0;
  }

  protected stopProvider(): Promise<void> {
    return this.creem.stop();
  }
}
