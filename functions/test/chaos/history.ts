import type { WorkingCardName } from '../../../local/stripe/testCards.ts';
import type { Troubled } from './calls.ts';
import { Random } from './random.ts';
import { type TroublePaths, troubleFrom } from './trouble.ts';

/** What a customer does on Stripe's page. A page that is left open expires. */
export type PageOutcome = 'pay' | 'delayed' | 'decline' | 'declineThenPay' | 'leave';

/** Changes to a payment by banks or in Stripe's dashboard. */
type BankAction =
  | 'settle'
  | 'fail'
  | 'authenticate'
  | 'dispute'
  | 'winDispute'
  | 'loseDispute'
  | 'settleRefund'
  | 'failRefund';

/** Kinds of saved cards. */
export type SavedCard = 'pm_card_visa' | 'pm_card_chargeCustomerFail' | 'pm_card_authenticationRequired';

/** One step of a history. `back` selects a payment (or subscription), counted from the newest. */
type Step =
  | { readonly does: 'buyPack'; readonly pack: string; readonly outcome: PageOutcome; readonly card: WorkingCardName }
  | { readonly does: 'topUp'; readonly dollars: number; readonly outcome: PageOutcome; readonly card: WorkingCardName }
  | { readonly does: 'topUpDirectly'; readonly dollars: number; readonly card: SavedCard }
  | {
      readonly does: 'orderPlan';
      readonly plan: PlanChoice;
      readonly outcome: PageOutcome;
      readonly card: WorkingCardName;
    }
  | { readonly does: 'subscribe'; readonly plan: PlanChoice; readonly card: SavedCard }
  | { readonly does: 'useCard'; readonly card: SavedCard }
  | { readonly does: 'refund'; readonly by: 'operator' | 'dashboard'; readonly back: number; readonly percent: number }
  | { readonly does: 'bank'; readonly action: BankAction; readonly back: number }
  | { readonly does: 'endSubscription'; readonly back: number; readonly how: 'atOnce' | 'atPeriodEnd' | 'notAfterAll' }
  | { readonly does: 'spend'; readonly percent: number; readonly back: number }
  | { readonly does: 'passTime'; readonly days: number }
  | { readonly does: 'reconcile' };

interface PlanChoice {
  readonly planSlug: 'standard' | 'pro' | 'team';
  readonly interval?: 'month' | 'year';
}

export type TroubledStep = Step & Troubled;

export interface History {
  readonly seed: number;
  readonly steps: readonly TroubledStep[];
  /** Whether the account's time at Stripe runs on a test clock, or on Stripe's own. */
  readonly hasTestClock: boolean;
}

const PACKS = ['starter', 'growth', 'scale', 'business'];
const PLANS: readonly PlanChoice[] = [
  { planSlug: 'standard' },
  { planSlug: 'pro' },
  { planSlug: 'team' },
  { planSlug: 'team' },
  { planSlug: 'team', interval: 'month' },
  { planSlug: 'team', interval: 'year' },
];
const OUTCOMES = [
  [6, 'pay'],
  [2, 'delayed'],
  [1, 'decline'],
  [1, 'declineThenPay'],
  [1, 'leave'],
] as const;
/** Plans aren't paid by bank debit in these histories. */
const PLAN_OUTCOMES = [
  [6, 'pay'],
  [1, 'decline'],
  [1, 'leave'],
] as const;
const CARDS = [
  [8, 'pm_card_visa'],
  [1, 'pm_card_createDispute'],
  [1, 'pm_card_createDisputeInquiry'],
  [3, 'pm_card_pendingRefund'],
  [3, 'pm_card_refundFail'],
] as const;
const SAVED_CARDS = [
  [5, 'pm_card_visa'],
  [0.7, 'pm_card_chargeCustomerFail'],
  [0.7, 'pm_card_authenticationRequired'],
] as const;
/** Patterns of calls to Stripe at which a fault may wait. */
export const STRIPE_PATHS: TroublePaths = [
  '/v1/*',
  '/v1/checkout/sessions*',
  '/v1/payment_intents*',
  '/v1/refunds*',
  '/v1/disputes*',
  '/v1/subscriptions*',
  '/v1/invoices*',
];

/** Returns the history of a seed. The same seed always gives the same history. */
export function historyOf(seed: number): History {
  const random = new Random(seed);
  const steps: TroubledStep[] = [];
  const add = (step: Step) =>
    steps.push({ ...step, trouble: troubleFrom(random, 0.15, STRIPE_PATHS), givesUp: random.chance(0.2) });
  let latest = payment(random);
  add(latest);
  const more = random.weighted([
    [4, 1],
    [4, 2],
    [2, 4],
    [1, 6],
  ]);
  for (let count = 0; count < more; count += 1) {
    // Most histories follow one payment; the others have several payments.
    const isPayment = random.chance(0.25);
    if (isPayment) latest = payment(random);
    const next = isPayment ? [latest] : sequel(random, latest, steps.at(-1));
    for (const step of next) add(step);
  }
  return { seed, steps, hasTestClock: random.chance(0.5) };
}

function payment(random: Random): Step {
  const page = () => ({
    outcome: random.weighted<PageOutcome>(OUTCOMES),
    card: random.weighted<WorkingCardName>(CARDS),
  });
  const dollars = 10 + random.below(90);
  return random.weighted<() => Step>([
    [6, () => ({ does: 'buyPack', pack: random.pick(PACKS), ...page() })],
    [2, () => ({ does: 'topUp', dollars, ...page() })],
    [3, () => ({ does: 'topUpDirectly', dollars, card: random.weighted<SavedCard>(SAVED_CARDS) })],
    [1, () => ({ does: 'orderPlan', plan: random.pick(PLANS), ...page(), outcome: random.weighted(PLAN_OUTCOMES) })],
    [4, () => ({ does: 'subscribe', plan: random.pick(PLANS), card: random.weighted<SavedCard>(SAVED_CARDS) })],
  ])();
}

/** Draws a bank's pending decision: on a debit, or on a card whose holder has to confirm. */
const DECISIONS = [
  [3, 'settle'],
  [3, 'fail'],
  [2, 'authenticate'],
] as const;
const LATER_ACTIONS = [
  [6, 'dispute'],
  [2, 'winDispute'],
  [1, 'loseDispute'],
  [2, 'settleRefund'],
  [2, 'failRefund'],
] as const;
const REFUND_ENDS = [
  [1, 'settleRefund'],
  [2, 'failRefund'],
] as const;
const JUDGEMENTS = [
  [1, 'winDispute'],
  [1, 'loseDispute'],
] as const;

/** Draws the next step: for the latest payment, for another one, or for the latest step's result. */
function sequel(random: Random, latest: Step, before: Step | undefined): Step[] {
  const back = random.pick([0, 0, 0, 1, 2]);
  const isPlan = latest.does === 'subscribe' || latest.does === 'orderPlan';
  const isUndecided =
    ('outcome' in latest && latest.outcome === 'delayed') ||
    ('card' in latest && latest.card === 'pm_card_authenticationRequired');
  const isDisputed = before?.does === 'bank' && before.action === 'dispute';
  const isRefunded = before?.does === 'refund';
  const bank = (actions: readonly (readonly [number, BankAction])[]): Step[] => [
    { does: 'bank', action: random.weighted(actions), back: isDisputed || isRefunded ? before.back : back },
  ];
  return random.weighted<() => Step[]>([
    [isUndecided ? 20 : 1, () => bank(DECISIONS)],
    [isDisputed ? 20 : 0, () => bank(JUDGEMENTS)],
    [isRefunded ? 8 : 0, () => bank(REFUND_ENDS)],
    [8, () => bank(LATER_ACTIONS)],
    [5, () => [refund(random, back)]],
    [isRefunded ? 6 : 0, () => [refund(random, before?.does === 'refund' ? before.back : back)]],
    [4, () => [{ does: 'spend', percent: random.pick(PERCENT), back }]],
    [isPlan ? 6 : 2, () => [{ does: 'passTime', days: random.pick(isPlan ? [1, 5, 32, 32, 32] : [1, 5, 16]) }]],
    [isPlan ? 3 : 0, () => [{ does: 'endSubscription', back, how: random.pick(ENDS) }]],
    [isPlan ? 5 : 0, () => [useCard(random), { does: 'passTime', days: random.pick([5, 32, 32]) }]],
    [1, () => [{ does: 'reconcile' }]],
  ])();
}

function refund(random: Random, back: number): Step {
  return { does: 'refund', by: random.pick(['operator', 'dashboard']), back, percent: random.pick(PERCENT) };
}

/** Draws a card for renewals; half of these cards fail. */
function useCard(random: Random): Step {
  return { does: 'useCard', card: random.pick(['pm_card_visa', 'pm_card_chargeCustomerFail'] as const) };
}

const PERCENT = [10, 33, 33, 50, 100];
const ENDS = ['atOnce', 'atPeriodEnd', 'atPeriodEnd', 'notAfterAll'] as const;
