import { type Idempotency, IdempotencyKey, requestHash } from '@cloud-bridge/base';
import { expireLapsedLots } from '@cloud-bridge/ledger';
import type { Parts } from '../../../src/main/compose.ts';
import type { AccountCaller } from '../../../src/platform/http/caller.ts';
import { reconcileCreemPayments } from '../../../src/providers/creem/reconcileCreemPayments.ts';
import { retryCreemEvents } from '../../../src/providers/creem/retryCreemEvents.ts';
import { startCheckout } from '../../../src/sales/checkout/startCheckout.ts';
import { reconcileOrders } from '../../../src/sales/reconciliation/reconcileOrders.ts';
import { reconcileSubscriptions } from '../../../src/sales/reconciliation/reconcileSubscriptions.ts';
import { refundOrder } from '../../../src/sales/refunds/refundOrder.ts';
import { setCancelAtPeriodEnd } from '../../../src/sales/subscriptions/changeSubscription.ts';
import { refundingOperator } from '../../support/operator.ts';
import { at, callAsClient, spend } from '../calls.ts';
import { Deliveries } from '../deliveries.ts';
import { Random } from '../random.ts';
import type { CreemLane } from './creemLane.ts';
import type { CreemHistory, TroubledStep } from './history.ts';
import { askCreem, type Payment, type SubscriptionAtCreem } from './truth.ts';

type StepThat<Does extends TroubledStep['does']> = Extract<TroubledStep, { does: Does }>;

const PAGE = { successUrl: 'https://shop.example/thanks', cancelUrl: 'https://shop.example/cart' };
/** The scheduled function runs every hour, and leaves younger orders to webhooks. */
const HOURS_OF_PATIENCE = 2;
const HOURS_PER_DAY = 24;

/** Runs one history in a lane: actions of the customer, banks, operators and Creem, with events in between. */
export class CreemLife {
  readonly accountId: string;
  readonly #deliveries: Deliveries;
  readonly #lane: CreemLane;
  readonly #history: CreemHistory;
  readonly #caller: AccountCaller;
  /** Pages that a customer opened and left, newest last. */
  readonly #leftPages: { readonly sessionId: string; readonly url: string }[] = [];
  /** Notable steps of the history that its end doesn't show. */
  readonly done = new Set<string>();

  constructor(lane: CreemLane, history: CreemHistory) {
    this.#lane = lane;
    this.#history = history;
    // Instances cache accounts. A new account id makes a repeated history begin afresh.
    this.accountId = `creem-chaos-${history.seed}-${performance.now()}`.replace('.', '');
    this.#caller = { kind: 'account', accountId: this.accountId, via: 'idToken', isAdmin: false };
    this.#deliveries = new Deliveries(lane, new Random(history.seed ^ 0x5bd1e995));
  }

  async live(): Promise<void> {
    const { deps } = this.#lane.steady;
    const email = this.#history.hasEmail ? 'owner@example.com' : null;
    await deps.accounts.ensure({ id: this.accountId, email }, deps.clock());
    for (const [index, step] of this.#history.steps.entries()) {
      await this.#take(step, `step ${index}`);
      await this.#deliveries.turn();
    }
    await this.#end();
  }

  /** Ends all deliveries and gives up open pages; then the scheduled function has to find the rest. */
  async #end(): Promise<void> {
    await this.#passTime(2);
    await this.#deliveries.finish();
    await this.#passTime(1.1);
    // Handles the latest events, and events that are due once a day.
    await this.#reconcileInTime();
  }

  async #take(step: TroubledStep, name: string): Promise<void> {
    const key = { key: new IdempotencyKey(`${this.accountId} ${name}`), requestHash: requestHash(step) };
    switch (step.does) {
      case 'order':
        return this.#order(step, key);
      case 'payLate': {
        const page = this.#leftPages.pop();
        if (page && (await this.#press(page.url, 'pay', step.payer)) === 303) this.done.add('page paid late');
        return;
      }
      case 'expirePage': {
        const page = this.#leftPages.at(-1);
        if (page) await this.#lane.control(`checkouts/${page.sessionId}`, { action: 'expire' });
        return;
      }
      case 'refund':
        return this.#refund(step, key);
      case 'dispute':
      case 'winDispute':
        return this.#dispute(step);
      case 'subscription':
        return this.#moveSubscription(step);
      case 'setCancel':
        return this.#setCancel(step);
      case 'spend':
        return spend(this.#lane, this.accountId, step, name);
      case 'passTime':
        return this.#passTime(step.days);
      case 'reconcile':
        // The scheduled function may fail, too; only its last run has to succeed.
        await this.#call(step, (deps) => this.#reconcile(deps));
    }
  }

  #call<T>(step: TroubledStep, use: (deps: Parts) => Promise<T>): Promise<T | null> {
    return callAsClient(this.#lane, step, use);
  }

  async #order(step: StepThat<'order'>, key: Idempotency): Promise<void> {
    const request = { ...PAGE, ...step.what, currency: 'usd', provider: 'creem' } as const;
    const started = await this.#call(step, (deps) => startCheckout(deps, this.#caller, request, key));
    if (!started) return;
    const { url, sessionId } = started.checkout;
    const { outcome, payer } = step;
    if (outcome === 'decline' || outcome === 'declineThenPay') await this.#press(url, 'decline', payer);
    if (outcome === 'leave') await this.#press(url, 'cancel', payer);
    if (outcome === 'pay' || outcome === 'declineThenPay') await this.#press(url, 'pay', payer);
    else this.#leftPages.push({ sessionId, url });
  }

  async #press(url: string, outcome: string, payer: StepThat<'payLate'>['payer']): Promise<number> {
    const { status } = await this.#lane.creem.page(url, { outcome, email: payer.email, tax: String(payer.taxPercent) });
    if (status >= 500) throw new Error(`the page answered ${status}`);
    return status;
  }

  /** The payments so far, newest first. */
  async #payment(back: number): Promise<Payment | undefined> {
    return at((await askCreem(this.#lane)).payments, back);
  }

  async #refund(step: StepThat<'refund'>, key: Idempotency): Promise<void> {
    const payment = await this.#payment(step.back);
    if (!payment) return;
    const isWhole = step.percent === 100;
    const amount = Math.max(1, Math.floor((payment.amount_paid * step.percent) / 100));
    if (step.by === 'dashboard') {
      // Creem refuses to refund more than the rest of the payment.
      const change = { action: 'refund', ...(!isWhole && { amount }) };
      await this.#lane.control(`transactions/${payment.id}`, change);
      return;
    }
    const order = await this.#lane.steady.deps.orders.findByPayment(payment.id);
    if (!order) return;
    const request = { amountMinor: isWhole ? undefined : amount, reason: 'requested_by_customer' } as const;
    const refunded = await this.#call(step, (deps) =>
      refundOrder(deps, refundingOperator(key), order.id, request, key),
    );
    if (refunded) this.done.add('refunded by an operator');
  }

  async #dispute({ does, back }: StepThat<'dispute' | 'winDispute'>): Promise<void> {
    const payment = await this.#payment(back);
    if (!payment || (payment.status === 'chargedBack') !== (does === 'winDispute')) return;
    // A bank takes back the money that wasn't refunded yet.
    if (does === 'dispute' && payment.status === 'refunded') return;
    if (await this.#lane.control(`transactions/${payment.id}`, { action: does })) this.done.add(does);
  }

  async #subscription(back: number): Promise<SubscriptionAtCreem | undefined> {
    return at((await askCreem(this.#lane)).subscriptions, back);
  }

  /** Creem doesn't renew a canceled subscription, and doesn't change an ended one. */
  async #moveSubscription({ action, back }: StepThat<'subscription'>): Promise<void> {
    const subscription = await this.#subscription(back);
    if (!subscription || subscription.status === 'canceled') return;
    if (action !== 'end' && subscription.status === 'scheduled_cancel') return;
    if (await this.#lane.control(`subscriptions/${subscription.id}`, { action })) this.done.add(action);
  }

  async #setCancel(step: StepThat<'setCancel'>): Promise<void> {
    const own = (await this.#subscription(step.back))?.metadata.subscriptionId;
    if (!own) return;
    const { cancelAtPeriodEnd } = step;
    const changed = await this.#call(step, (deps) =>
      setCancelAtPeriodEnd(deps, this.accountId, own, cancelAtPeriodEnd),
    );
    if (changed) this.done.add(cancelAtPeriodEnd ? 'canceled with its period' : 'resumed');
  }

  /** Runs the steps of the scheduled functions. */
  async #reconcile(deps: Parts): Promise<void> {
    await retryCreemEvents(deps);
    await reconcileOrders(deps);
    await reconcileCreemPayments(deps);
    await reconcileSubscriptions(deps);
    await expireLapsedLots(deps);
  }

  async #reconcileInTime(): Promise<void> {
    this.#lane.passDays(HOURS_OF_PATIENCE / HOURS_PER_DAY);
    await this.#reconcile(this.#lane.steady.deps);
  }

  /** Runs the scheduled function before time passes, because it runs every hour. */
  async #passTime(days: number): Promise<void> {
    await this.#reconcileInTime();
    this.#lane.passDays(days);
    await this.#deliveries.turn();
  }
}
