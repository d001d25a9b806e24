import type { Troubled } from '../calls.ts';
import { Random } from '../random.ts';
import { type TroublePaths, troubleFrom } from '../trouble.ts';

/** What a customer does on Creem's page. A page that is left open may be paid later. */
type PageOutcome = 'pay' | 'decline' | 'declineThenPay' | 'leave';

/** The product that is ordered. */
type Wanted =
  | { readonly pack: 'starter' | 'growth' }
  | { readonly planSlug: 'standard' | 'team'; readonly interval?: 'month' | 'year' };

/** The payer's address, where the page asks for it, and the tax that is added. */
interface Payer {
  readonly email: string;
  readonly taxPercent: number;
}

/** Changes to a subscription that Creem makes by itself, or a merchant makes in Creem's dashboard. */
type SubscriptionAction = 'renew' | 'fail' | 'expire' | 'end';

/** One step of a history. `back` selects a payment (or subscription), counted from the newest. */
type Step =
  | { readonly does: 'order'; readonly what: Wanted; readonly outcome: PageOutcome; readonly payer: Payer }
  /** A customer comes back to a page that was left open. */
  | { readonly does: 'payLate'; readonly payer: Payer }
  | { readonly does: 'refund'; readonly by: 'operator' | 'dashboard'; readonly back: number; readonly percent: number }
  | { readonly does: 'dispute' | 'winDispute'; readonly back: number }
  | { readonly does: 'subscription'; readonly action: SubscriptionAction; readonly back: number }
  | { readonly does: 'setCancel'; readonly cancelAtPeriodEnd: boolean; readonly back: number }
  | { readonly does: 'expirePage' }
  | { readonly does: 'spend'; readonly percent: number; readonly back: number }
  | { readonly does: 'passTime'; readonly days: number }
  | { readonly does: 'reconcile' };

export type TroubledStep = Step & Troubled;

export interface CreemHistory {
  readonly seed: number;
  readonly steps: readonly TroubledStep[];
  /** Whether the account has an address. If it hasn't, the payer types any address. */
  readonly hasEmail: boolean;
}

/** Paths of calls to Creem at which a fault may wait; it matches paths that begin so. */
export const CREEM_PATHS: TroublePaths = [
  '/v1',
  '/v1/checkouts',
  '/v1/products',
  '/v1/transactions',
  '/v1/transactions/search',
  '/v1/refunds',
  '/v1/subscriptions',
];

const WANTED: readonly (readonly [number, Wanted])[] = [
  [4, { pack: 'starter' }],
  [3, { pack: 'growth' }],
  [2, { planSlug: 'standard' }],
  [3, { planSlug: 'team', interval: 'month' }],
  [2, { planSlug: 'team', interval: 'year' }],
];
const OUTCOMES: readonly (readonly [number, PageOutcome])[] = [
  [10, 'pay'],
  [1, 'decline'],
  [1, 'declineThenPay'],
  [2, 'leave'],
];
const EMAILS = ['buyer@example.com', 'buyer@example.com', 'somebody.else@example.com'];
const PERCENT = [10, 33, 50, 100, 100];

/** Returns the history of a seed. The same seed always gives the same history. */
export function creemHistoryOf(seed: number): CreemHistory {
  const random = new Random(seed);
  const steps: TroubledStep[] = [];
  const add = (step: Step) => {
    steps.push({ ...step, trouble: troubleFrom(random, 0.25, CREEM_PATHS), givesUp: random.chance(0.2) });
  };
  let latest = order(random);
  add(latest);
  const more = random.weighted([
    [3, 2],
    [4, 3],
    [2, 5],
    [1, 7],
  ]);
  for (let count = 0; count < more; count += 1) {
    // Most steps of a history follow one payment; some histories have several payments.
    const isOrder = random.chance(0.25);
    if (isOrder) latest = order(random);
    for (const step of isOrder ? [latest] : sequel(random, latest, steps.at(-1))) add(step);
  }
  return { seed, steps, hasEmail: random.chance(0.6) };
}

type Ordering = Extract<Step, { does: 'order' }>;

function order(random: Random): Ordering {
  return { does: 'order', what: random.weighted(WANTED), outcome: random.weighted(OUTCOMES), payer: payer(random) };
}

function payer(random: Random): Payer {
  return { email: random.pick(EMAILS), taxPercent: random.pick([0, 0, 21]) };
}

/** Draws the next step: for the latest order, for another order, or for the latest step's result. */
function sequel(random: Random, latest: Ordering, before: Step | undefined): Step[] {
  const back = random.pick([0, 0, 0, 1, 2]);
  const isPlan = 'planSlug' in latest.what;
  const isLeft = latest.outcome === 'leave' || latest.outcome === 'decline';
  const isDisputed = before?.does === 'dispute';
  const isCanceled = before?.does === 'setCancel' && before.cancelAtPeriodEnd;
  const goOn: Step = { does: 'setCancel', cancelAtPeriodEnd: false, back: isCanceled ? before.back : back };
  return random.weighted<() => Step[]>([
    [isLeft ? 8 : 0.5, () => [{ does: 'payLate', payer: payer(random) }]],
    [
      isLeft ? 4 : 0,
      () => [
        { does: 'passTime', days: 2 },
        { does: 'payLate', payer: payer(random) },
      ],
    ],
    [isLeft ? 3 : 0, () => [{ does: 'expirePage' }]],
    [5, () => [refund(random, back)]],
    [before?.does === 'refund' ? 4 : 0, () => [refund(random, before?.does === 'refund' ? before.back : back)]],
    [3, () => [{ does: 'dispute', back }]],
    [isDisputed ? 12 : 0.5, () => [{ does: 'winDispute', back: isDisputed ? before.back : back }]],
    [isPlan ? 6 : 0, () => renewal(random, back)],
    [isPlan ? 2 : 0, () => [{ does: 'subscription', action: random.pick(['fail', 'expire', 'end']), back }]],
    [isPlan ? 6 : 0, () => [{ does: 'setCancel', cancelAtPeriodEnd: true, back }]],
    [isCanceled ? 20 : 0, () => [goOn]],
    [
      isCanceled ? 8 : 0,
      () => [
        { does: 'passTime', days: 32 },
        { does: 'subscription', action: 'end', back },
      ],
    ],
    [3, () => [{ does: 'spend', percent: random.pick(PERCENT), back }]],
    [2, () => [{ does: 'passTime', days: random.pick([1, 5, 32]) }]],
    [1, () => [{ does: 'reconcile' }]],
  ])();
}

/** Draws the end of a period; the next period is paid, sometimes at the second attempt. */
function renewal(random: Random, back: number): Step[] {
  const fails: Step[] = random.chance(0.3) ? [{ does: 'subscription', action: 'fail', back }] : [];
  return [{ does: 'passTime', days: 31 }, ...fails, { does: 'subscription', action: 'renew', back }];
}

function refund(random: Random, back: number): Step {
  return { does: 'refund', by: random.pick(['operator', 'dashboard']), back, percent: random.pick(PERCENT) };
}
