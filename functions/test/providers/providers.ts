import type { Reply } from '../support/apiClient.ts';
import {
  creemControl,
  creemDelivered,
  creemEventOf,
  onCreemPage,
  postCreemEvent,
  resetLocalCreem,
} from '../support/creemControl.ts';
import {
  allWebhooksDelivered,
  control,
  eventOf,
  onCheckoutPage,
  postEvent,
  resetLocalStripe,
  stripe,
} from '../support/stripeControl.ts';

/** The controls of a provider's local stand-in, so that the same tests run for every provider. */
export interface TestedProvider {
  readonly name: 'stripe' | 'creem';
  /** Submits a checkout's page as a person does. */
  onPage(url: string, outcome: 'pay' | 'decline' | 'cancel'): Promise<Reply>;
  /** Waits until all events have been delivered. */
  delivered(): Promise<void>;
  /** Delivers the events twice more, in another order, several at once. */
  confuse(): Promise<void>;
  /** Posts the event of a checkout's payment again. */
  tellAgain(sessionId: string): Promise<Reply>;
  /** Refunds money in the provider's dashboard. */
  refund(paymentId: string, amountMinor: number): Promise<void>;
  dispute(paymentId: string): Promise<void>;
  winDispute(paymentId: string): Promise<void>;
  reset(): Promise<void>;
}

const viaStripe: TestedProvider = {
  name: 'stripe',
  onPage: onCheckoutPage,
  delivered: allWebhooksDelivered,
  async confuse() {
    (await control('/_local/webhooks', { duplicate: 2, shuffle: true, concurrency: 6 })).expect(200);
  },
  async tellAgain(sessionId) {
    const event = await eventOf('checkout.session.completed', sessionId);
    return postEvent(JSON.parse(JSON.stringify(event)));
  },
  async refund(paymentId, amount) {
    await stripe.refunds.create({ payment_intent: paymentId, amount });
  },
  async dispute(paymentId) {
    (await control(`/_local/payments/${paymentId}`, { action: 'dispute' })).expect(200);
  },
  async winDispute(paymentId) {
    (await control(`/_local/payments/${paymentId}`, { action: 'winDispute' })).expect(200);
  },
  reset: resetLocalStripe,
};

const viaCreem: TestedProvider = {
  name: 'creem',
  onPage: onCreemPage,
  delivered: creemDelivered,
  async confuse() {
    (await creemControl('webhooks', { duplicate: 2, shuffle: true, concurrency: 6 })).expect(200);
  },
  tellAgain: async (sessionId) => postCreemEvent(await creemEventOf('checkout.completed', sessionId)),
  async refund(paymentId, amount) {
    (await creemControl(`transactions/${paymentId}`, { action: 'refund', amount })).expect(200);
  },
  async dispute(paymentId) {
    (await creemControl(`transactions/${paymentId}`, { action: 'dispute' })).expect(200);
  },
  async winDispute(paymentId) {
    (await creemControl(`transactions/${paymentId}`, { action: 'winDispute' })).expect(200);
  },
  reset: resetLocalCreem,
};

/** Every provider whose orders are paid on a page. Add a new provider here to run the same tests for it. */
export const TESTED_PROVIDERS: readonly TestedProvider[] = [viaStripe, viaCreem];
