import type { AccountKeeper } from '../access/accounts/accountKeeper.ts';
import { accountsKeeper } from '../access/accounts/accountsKeeper.ts';
import type { AccountsNeeds } from '../access/accounts/needs.ts';
import { apiKeysKeeper } from '../access/apiKeys/apiKeysKeeper.ts';
import { auditLogKeeper } from '../access/auditLog/auditLogKeeper.ts';
import { integrationsKeeper } from '../access/integrations/integrationsKeeper.ts';
import type { IntegrationsNeeds } from '../access/integrations/needs.ts';
import { walletsKeeper } from '../access/wallets/walletsKeeper.ts';
import { checkInKeeper } from '../credits/checkin/checkInKeeper.ts';
import type { CheckinNeeds } from '../credits/checkin/needs.ts';
import { deliveriesKeeper } from '../credits/deliveries/deliveriesKeeper.ts';
import type { DeliveriesNeeds } from '../credits/deliveries/needs.ts';
import { alertsKeeper } from '../notices/alerts/alertsKeeper.ts';
import { eventsKeeper } from '../notices/events/eventsKeeper.ts';
import type { WebhooksNeeds } from '../notices/webhooks/needs.ts';
import { webhooksKeeper } from '../notices/webhooks/webhooksKeeper.ts';
import { autoTopUpsKeeper } from '../sales/autoTopUps/autoTopUpsKeeper.ts';
import type { AutoTopUpsNeeds } from '../sales/autoTopUps/needs.ts';
import { couponsKeeper } from '../sales/coupons/couponsKeeper.ts';
import { depositsKeeper } from '../sales/deposits/depositsKeeper.ts';
import type { DepositsNeeds } from '../sales/deposits/needs.ts';
import { invoicingKeeper } from '../sales/invoicing/invoicingKeeper.ts';
import type { InvoicingNeeds } from '../sales/invoicing/needs.ts';
import { ordersKeeper } from '../sales/orders/ordersKeeper.ts';
import { paymentMethodsKeeper } from '../sales/paymentMethods/paymentMethodsKeeper.ts';
import type { RefundsNeeds } from '../sales/refunds/needs.ts';
import { refundsKeeper } from '../sales/refunds/refundsKeeper.ts';
import type { SubscriptionsNeeds } from '../sales/subscriptions/needs.ts';
import { subscriptionsKeeper } from '../sales/subscriptions/subscriptionsKeeper.ts';

/** Needs of all keepers: the stores of every room with data about accounts. */
type KeptParts = Pick<AccountsNeeds, 'accounts' | 'apiKeys' | 'auditLog' | 'clock' | 'users'> &
  Pick<IntegrationsNeeds, 'integrations'> &
  Pick<CheckinNeeds, 'checkIns'> &
  Pick<DeliveriesNeeds, 'deliveries'> &
  Pick<WebhooksNeeds, 'accountEvents' | 'alerts' | 'mail' | 'webhookDeliveries' | 'webhookEndpoints' | 'webhookLines'> &
  Pick<AutoTopUpsNeeds, 'autoTopUps'> &
  Pick<DepositsNeeds, 'deposits'> &
  Pick<InvoicingNeeds, 'invoicing'> &
  Pick<RefundsNeeds, 'refunds'> &
  SubscriptionsNeeds;

/** Returns the keepers of all rooms. Blockers of a deletion are listed in this order. */
export function keepersOf(parts: KeptParts): readonly AccountKeeper[] {
  return [
    accountsKeeper(parts),
    apiKeysKeeper(parts),
    integrationsKeeper(parts),
    auditLogKeeper(parts),
    subscriptionsKeeper(parts),
    ordersKeeper(parts),
    walletsKeeper(parts),
    autoTopUpsKeeper(parts),
    deliveriesKeeper(parts),
    checkInKeeper(parts),
    alertsKeeper(parts),
    webhooksKeeper(parts),
    eventsKeeper(parts),
    refundsKeeper(parts),
    couponsKeeper(parts),
    invoicingKeeper(parts),
    depositsKeeper(parts),
    paymentMethodsKeeper(parts),
  ];
}
