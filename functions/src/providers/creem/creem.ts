import { type Asynchronous, type Clock, lazily, once } from '@cloud-bridge/base';
import type { CustomerPortal } from '../../sales/payments/customerPortal.ts';
import type { CheckoutProvider } from '../../sales/payments/paymentProvider.ts';
import { creemNotConfigured } from '../../sales/payments/payments.errors.ts';
import type { Providers } from '../../sales/payments/providers.ts';
import type { RefundProvider } from '../../sales/payments/refundProvider.ts';
import type { SubscriptionProvider } from '../../sales/payments/subscriptionProvider.ts';
import type { CreemClient } from './creemClient.ts';
import type { CreemPayments } from './creemRefunds.ts';
import type { PeriodOfProduct } from './creemSubscriptions.ts';

/** Creem as a provider, and the list of its payments. */
interface Creem {
  readonly provider: Providers['creem'];
  readonly payments: CreemPayments;
}

interface CreemSettings {
  /** Null in a deployment without Creem; then every call throws `CREEM_NOT_CONFIGURED`. */
  readonly baseUrl: string | null;
  readonly apiKey: () => string;
  readonly clock: Clock;
  readonly periodOf: PeriodOfProduct;
}

/** Creates the provider Creem. The code that calls Creem is loaded on first use: most requests never need it. */
export function createCreem({ baseUrl, apiKey, clock, periodOf }: CreemSettings): Creem {
  const requireBaseUrl = (): string => {
    if (baseUrl === null) throw creemNotConfigured();
    return baseUrl;
  };
  const client = once(async () => {
    const url = requireBaseUrl();
    const { CreemClient } = await import('./creemClient.ts');
    return new CreemClient(url, apiKey);
  });
  const port = <T extends object & Asynchronous<T>>(load: (client: CreemClient) => Promise<T>): T =>
    lazily<T>(async () => load(await client()));
  const payments = port<RefundProvider & CreemPayments>(async (connected) => {
    const { CreemRefunds } = await import('./creemRefunds.ts');
    return new CreemRefunds(connected);
  });
  const provider = {
    name: 'creem',
    requireConfigured: () => {
      requireBaseUrl();
    },
    isCustomerId: (id: string) => id.startsWith('cust_'),
    isPaymentId: (id: string) => id.startsWith('tran_'),
    cards: null,
    customers: null,
    discounts: null,
    invoices: null,
    payments: null,
    refunds: payments,
    checkouts: port<CheckoutProvider>(async (connected) => {
      const { CreemCheckouts } = await import('./creemCheckouts.ts');
      return new CreemCheckouts(connected, clock);
    }),
    portal: port<CustomerPortal>(async (connected) => {
      const { CreemPortal } = await import('./creemPortal.ts');
      return new CreemPortal(connected);
    }),
    subscriptions: port<SubscriptionProvider>(async (connected) => {
      const { CreemSubscriptions } = await import('./creemSubscriptions.ts');
      return new CreemSubscriptions(connected, clock, periodOf);
    }),
  } as const;
  return { provider, payments };
}
