import type { HasPortal } from '../../sales/paymentMethods/customerPortal.ts';
import type { Provider } from '../../sales/payments/providers.ts';
import type { RefundProvider } from '../../sales/payments/refundProvider.ts';
import type { CreemRefunds } from './creemRefunds.ts';

/** Creem as a whole; where it isn't configured, each call throws CREEM_NOT_CONFIGURED. */
export interface Creem extends Provider, HasPortal {
  readonly refunds: RefundProvider & Pick<CreemRefunds, 'fetchPayment' | 'listPayments' | 'paymentsForProduct'>;
}
