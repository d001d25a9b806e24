/** The reason of a decline, in the words of Stripe's errors (https://docs.stripe.com/testing#declined-payments). */
export interface Decline {
  code: 'card_declined' | 'authentication_required';
  decline_code: string;
  message: string;
}

/** Behavior of a test card in payments. */
type CardBehavior =
  | { kind: 'succeeds' }
  | { kind: 'declines'; decline: Decline }
  | { kind: 'needsAuthentication' }
  | { kind: 'succeedsThenIsDisputed'; status: 'needs_response' | 'warning_needs_response' }
  /** Its refunds stay pending until a control request ends them, or succeed and can fail later. */
  | { kind: 'refundsLater'; refundStatus: 'pending' | 'succeeded' };

/** A test card of Stripe. */
export interface TestCard {
  brand: string;
  last4: string;
  behavior: CardBehavior;
}

const genericDecline: Decline = {
  code: 'card_declined',
  decline_code: 'generic_decline',
  message: 'Your card was declined.',
};

/** The supported test payment methods of Stripe, by id. */
export const testCards = {
  pm_card_visa: { brand: 'visa', last4: '4242', behavior: { kind: 'succeeds' } },
  pm_card_chargeDeclined: { brand: 'visa', last4: '0002', behavior: { kind: 'declines', decline: genericDecline } },
  pm_card_chargeDeclinedInsufficientFunds: {
    brand: 'visa',
    last4: '9995',
    behavior: {
      kind: 'declines',
      decline: {
        code: 'card_declined',
        decline_code: 'insufficient_funds',
        message: 'Your card has insufficient funds.',
      },
    },
  },
  pm_card_authenticationRequired: { brand: 'visa', last4: '3184', behavior: { kind: 'needsAuthentication' } },
  pm_card_createDispute: {
    brand: 'visa',
    last4: '0259',
    behavior: { kind: 'succeedsThenIsDisputed', status: 'needs_response' },
  },
  pm_card_createDisputeInquiry: {
    brand: 'visa',
    last4: '1976',
    behavior: { kind: 'succeedsThenIsDisputed', status: 'warning_needs_response' },
  },
  pm_card_pendingRefund: { brand: 'visa', last4: '7726', behavior: { kind: 'refundsLater', refundStatus: 'pending' } },
  pm_card_refundFail: { brand: 'visa', last4: '5126', behavior: { kind: 'refundsLater', refundStatus: 'succeeded' } },
  // Unlike declined cards, this card can be saved to a customer; charges of it fail.
  pm_card_chargeCustomerFail: {
    brand: 'visa',
    last4: '0341',
    behavior: { kind: 'declines', decline: genericDecline },
  },
} as const satisfies Record<string, TestCard>;

/** The name of a test payment method, for example `pm_card_visa`. */
export type TestCardName = keyof typeof testCards;

/** Returns whether an id is the id of a test card. */
export function isTestCardName(id: string): id is TestCardName {
  return Object.hasOwn(testCards, id);
}

const workingCardNames = [
  'pm_card_visa',
  'pm_card_createDispute',
  'pm_card_createDisputeInquiry',
  'pm_card_pendingRefund',
  'pm_card_refundFail',
] as const satisfies readonly TestCardName[];

/** The name of a test card whose payments succeed at once. */
export type WorkingCardName = (typeof workingCardNames)[number];

/** Returns whether payments with the test card of this name succeed at once. */
export function isWorkingCardName(name: string): name is WorkingCardName {
  return workingCardNames.some((known) => known === name);
}
