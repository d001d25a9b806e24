import { type Idempotency, IdempotencyKey, requestHash } from '@cloud-bridge/base';
import { expireLapsedLots } from '@cloud-bridge/ledger';
import type { Parts } from '../../src/main/compose.ts';
import type { AccountCaller } from '../../src/platform/http/caller.ts';
import { reconcileStripeEvents } from '../../src/providers/stripe/reconcileStripeEvents.ts';
import { startCheckout } from '../../src/sales/checkout/startCheckout.ts';
import { ensureCustomer } from '../../src/sales/customers/ensureCustomer.ts';
import { reconcileOrders } from '../../src/sales/reconciliation/reconcileOrders.ts';
import { reconcileSubscriptions } from '../../src/sales/reconciliation/reconcileSubscriptions.ts';
import { refundOrder } from '../../src/sales/refunds/refundOrder.ts';
import { setCancelAtPeriodEnd } from '../../src/sales/subscriptions/changeSubscription.ts';
import { subscribeByCard } from '../../src/sales/subscriptions/subscribeByCard.ts';
import { startTopUp } from '../../src/sales/topups/startTopUp.ts';
import { refundingOperator } from '../support/operator.ts';
import { at, callAsClient, spend } from './calls.ts';
import { Deliveries } from './deliveries.ts';
import type { History, PageOutcome, SavedCard, TroubledStep } from './history.ts';
import { Random } from './random.ts';
import type { StripeLane } from './stripeLane.ts';

/** Stripe's lists reach back thirty days, so time never passes for longer without a run. */
const LONGEST_LEAP_DAYS = 16;
const PAGE = { successUrl: 'https://shop.example/thanks', cancelUrl: 'https://shop.example/cart' };

/** Runs one history in a lane: actions of the customer, banks and operators, with events in between. */
export class Life {
  readonly accountId: string;
  readonly deliveries: Deliveries;
  readonly #lane: StripeLane;
  readonly #history: History;
  readonly #caller: AccountCaller;
  #customerId = '';
  #testClockId: string | undefined;

  constructor(lane: StripeLane, history: History) {
    this.#lane = lane;
    this.#history = history;
    // Instances cache accounts. A new account id makes a repeated history begin afresh.
    this.accountId = `chaos-${history.seed}-${performance.now()}`.replace('.', '');
    this.#caller = { kind: 'account', accountId: this.accountId, via: 'idToken', isAdmin: false };
    this.deliveries = new Deliveries(lane, new Random(history.seed ^ 0x5bd1e995));
  }

  async live(): Promise<void> {
    await this.#begin();
    for (const [index, step] of this.#history.steps.entries()) {
      await this.#take(step, `step ${index}`);
      await this.deliveries.turn();
    }
    await this.#end();
  }

  async #begin(): Promise<void> {
    const { deps } = this.#lane.steady;
    await deps.accounts.ensure({ id: this.accountId, email: null }, deps.clock());
    this.#customerId = await ensureCustomer(deps, this.accountId);
    if (!this.#history.hasTestClock) return;
    const frozen_time = this.#nowSeconds();
    const clock = await this.#stripe.testHelpers.testClocks.create({ frozen_time, customer: this.#customerId });
    this.#testClockId = clock.id;
  }

  /** Lets banks decide, ends all deliveries and expires pages; then the scheduled function has to find the rest. */
  async #end(): Promise<void> {
    for (const intent of await this.#payments('processing')) await this.#lane.move(intent, 'settle');
    await this.deliveries.turn();
    await this.#passTime(2);
    await this.deliveries.finish();
    await this.#passTime(1.1);
    await this.reconcile();
  }

  /** Runs the steps of the scheduled functions. */
  async reconcile(deps: Parts = this.#lane.steady.deps): Promise<void> {
    await reconcileStripeEvents(deps);
    await reconcileOrders(deps);
    await reconcileSubscriptions(deps);
    await expireLapsedLots(deps);
  }

  async #take(step: TroubledStep, name: string): Promise<void> {
    const key = { key: new IdempotencyKey(`${this.accountId} ${name}`), requestHash: requestHash(step) };
    switch (step.does) {
      case 'buyPack': {
        const request = { ...PAGE, pack: step.pack, currency: 'usd', provider: 'stripe' } as const;
        return this.#onPage(step, await this.#call(step, (deps) => startCheckout(deps, this.#caller, request, key)));
      }
      case 'orderPlan': {
        const request = { ...PAGE, ...step.plan, currency: 'usd', provider: 'stripe' } as const;
        return this.#onPage(step, await this.#call(step, (deps) => startCheckout(deps, this.#caller, request, key)));
      }
      case 'topUp': {
        const request = { ...PAGE, amount: step.dollars, currency: 'usd', method: 'stripe' } as const;
        return this.#onPage(step, await this.#call(step, (deps) => startTopUp(deps, this.#caller, request, key)));
      }
      case 'topUpDirectly': {
        await this.#useCard(step.card);
        const request = { amount: step.dollars, currency: 'usd', method: 'stripe_direct' } as const;
        await this.#call(step, (deps) => startTopUp(deps, this.#caller, request, key));
        return;
      }
      case 'subscribe': {
        await this.#useCard(step.card);
        const request = { ...step.plan, currency: 'usd', createKey: true, keyName: name };
        await this.#call(step, (deps) => subscribeByCard(deps, this.#caller, request, key));
        return;
      }
      case 'useCard':
        return this.#useCard(step.card);
      case 'refund':
        return this.#refund(step, key);
      case 'bank':
        return this.#bank(step);
      case 'endSubscription':
        return this.#endSubscription(step);
      case 'spend':
        return spend(this.#lane, this.accountId, step, name);
      case 'passTime':
        return this.#passTime(step.days);
      case 'reconcile':
        // The scheduled function may fail, too; only its last run has to succeed.
        await this.#call(step, (deps) => this.reconcile(deps));
    }
  }

  get #stripe() {
    return this.#lane.client;
  }

  #nowSeconds(): number {
    return Math.floor(this.#lane.nowMs / 1000);
  }

  #call<T>(step: TroubledStep, use: (deps: Parts) => Promise<T>): Promise<T | null> {
    return callAsClient(this.#lane, step, use);
  }

  async #onPage(
    { outcome, card }: { readonly outcome: PageOutcome; readonly card: string },
    started: { readonly checkout: { readonly sessionId: string } | null } | null,
  ): Promise<void> {
    if (!started?.checkout) return;
    const { sessionId } = started.checkout;
    const press = async (button: string) => {
      const { status } = await this.#lane.stripe.submit(sessionId, button, { card });
      if (status >= 500) throw new Error(`the page answered ${status}`);
    };
    if (outcome === 'leave') return;
    if (outcome === 'declineThenPay') await press('decline');
    await press(outcome === 'declineThenPay' ? 'pay' : outcome);
  }

  async #useCard(card: SavedCard): Promise<void> {
    const { id } = await this.#stripe.paymentMethods.attach(card, { customer: this.#customerId });
    await this.#stripe.customers.update(this.#customerId, { invoice_settings: { default_payment_method: id } });
  }

  /** Ids of the customer's payments, newest first. */
  async #payments(status?: string): Promise<string[]> {
    const { data } = await this.#stripe.paymentIntents.list({ limit: 100 });
    return data.filter((intent) => !status || intent.status === status).map(({ id }) => id);
  }

  async #refund(step: Extract<TroubledStep, { does: 'refund' }>, key: Idempotency): Promise<void> {
    const paymentId = at(await this.#payments('succeeded'), step.back);
    if (!paymentId) return;
    const { amount } = await this.#stripe.paymentIntents.retrieve(paymentId);
    const amountMinor = Math.max(1, Math.floor((amount * step.percent) / 100));
    if (step.by === 'dashboard') {
      // Stripe refuses to refund more than the rest of the payment, or a disputed payment.
      await this.#stripe.refunds.create({ payment_intent: paymentId, amount: amountMinor }).catch(ifInvalid);
      return;
    }
    const order = await this.#lane.steady.deps.orders.findByPayment(paymentId);
    if (!order) return;
    const request = { amountMinor, reason: 'requested_by_customer' } as const;
    await this.#call(step, (deps) => refundOrder(deps, refundingOperator(key), order.id, request, key));
  }

  async #bank({ action, back }: Extract<TroubledStep, { does: 'bank' }>): Promise<void> {
    const paymentId = at(await this.#payments(), back);
    if (paymentId) await this.#lane.move(paymentId, action);
  }

  async #endSubscription(step: Extract<TroubledStep, { does: 'endSubscription' }>): Promise<void> {
    const { data } = await this.#stripe.subscriptions.list({ limit: 100 });
    const found = at(data, step.back);
    if (!found) return;
    if (step.how === 'atOnce') {
      await this.#stripe.subscriptions.cancel(found.id).catch(ifInvalid);
      return;
    }
    const { subscriptionId = '' } = found.metadata;
    const ends = step.how === 'atPeriodEnd';
    await this.#call(step, (deps) => setCancelAtPeriodEnd(deps, this.accountId, subscriptionId, ends));
  }

  /** Runs the scheduled function before time passes, because it runs every hour. */
  async #passTime(days: number): Promise<void> {
    for (let left = days; left > 0; left -= LONGEST_LEAP_DAYS) {
      await this.reconcile();
      this.#lane.passDays(Math.min(left, LONGEST_LEAP_DAYS));
      const frozen_time = this.#nowSeconds();
      if (this.#testClockId) await this.#stripe.testHelpers.testClocks.advance(this.#testClockId, { frozen_time });
      await this.deliveries.turn();
    }
  }
}

function ifInvalid(error: unknown): void {
  if (!(error instanceof Error && 'type' in error && error.type === 'StripeInvalidRequestError')) throw error;
}
