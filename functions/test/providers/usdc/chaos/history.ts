import { Random } from '../../../chaos/random.ts';

/**
 * What a transfer is of: USDC, another token that is as real, or a contract that only says that it transferred
 * something.
 */
export type TokenName = 'usdc' | 'another' | 'pretended';

/**
 * Part of a transaction; `to` says to which of the customers so far, counted from the first; null: to nobody's address.
 */
export interface Transfer {
  readonly token: TokenName;
  readonly to: number | null;
  readonly amountMicros: number;
}

/** What becomes of a transaction whose block is taken back. */
type Fate = 'in the next block' | 'in a later block' | 'gone';

/** Blocks that are taken back, and what comes instead. */
export interface Reorganisation {
  readonly depth: number;
  /** For the transactions that were in them, in turn. */
  readonly fates: readonly Fate[];
  readonly blocks: number;
}

/** What somebody asks of an instance. `back`: of which transaction, counted from the newest. */
export type Ask =
  | { readonly does: 'scan' }
  | {
      readonly does: 'claim';
      readonly back: number;
      /** Which of its transfers is claimed; by its owner, or by somebody else. */
      readonly transfer: number;
      readonly isOwner: boolean;
      readonly isRightAmount: boolean;
      readonly isUpperCase: boolean;
      readonly copies: number;
    };

/** How a call of the node goes wrong. */
export type BadAnswer = 'an error' | 'no logs' | 'nothing' | 'an old head' | 'no connection';

/** What goes wrong meanwhile; null: nothing. */
export type Trouble =
  | null
  | { readonly at: 'node'; readonly skip: number; readonly times: number; readonly answer: BadAnswer }
  /** Blocks are taken back just before a call of the node. */
  | { readonly at: 'chain'; readonly skip: number; readonly reorganisation: Reorganisation }
  /** A commit of one of the instances; with `isFinal` nothing tries again, as if the process had died. */
  | {
      readonly at: 'commit';
      readonly moment: 'before' | 'after' | 'late';
      readonly skip: number;
      readonly isFinal: boolean;
    };

export type Step =
  | { readonly does: 'newcomer' }
  | { readonly does: 'pay'; readonly transfers: readonly Transfer[]; readonly fails: boolean }
  | { readonly does: 'mine'; readonly blocks: number }
  | { readonly does: 'reorganise'; readonly reorganisation: Reorganisation }
  | { readonly does: 'restart'; readonly instance: number }
  /** All at once, at the two instances in turn. */
  | { readonly does: 'ask'; readonly asks: readonly Ask[]; readonly trouble: Trouble };

const USDC = 1_000_000;

/** The history of a seed: always the same one. */
export function historyOf(seed: number): readonly Step[] {
  const random = new Random(seed);
  const steps: Step[] = [{ does: 'newcomer' }];
  if (random.chance(0.8)) steps.push({ does: 'newcomer' });
  steps.push(payment(random), { does: 'mine', blocks: 1 + random.below(5) });
  for (let left = 5 + random.below(10); left > 0; left -= 1) steps.push(stepAfter(random));
  return steps;
}

function stepAfter(random: Random): Step {
  return random.weighted<() => Step>([
    [1, () => ({ does: 'newcomer' })],
    [6, () => payment(random)],
    [8, () => ({ does: 'mine', blocks: random.pick([1, 1, 2, 3, 4, 5, 6]) })],
    [4, () => ({ does: 'reorganise', reorganisation: reorganisation(random) })],
    [1, () => ({ does: 'restart', instance: random.below(2) })],
    [12, () => ({ does: 'ask', asks: asksOf(random), trouble: troubleOf(random) })],
  ])();
}

function payment(random: Random): Step {
  const count = random.pick([1, 1, 1, 1, 2, 3, 5]);
  const transfers = Array.from({ length: count }, () => transferOf(random));
  return { does: 'pay', transfers, fails: random.chance(0.12) };
}

function transferOf(random: Random): Transfer {
  const token = random.weighted<TokenName>([
    [8, 'usdc'],
    [1, 'another'],
    [1, 'pretended'],
  ]);
  const amountMicros = random.weighted<() => number>([
    [3, () => 10 * USDC],
    [6, () => 10 * USDC + random.below(90 * USDC)],
    [2, () => random.pick([0, 1, USDC, 10 * USDC - 1])],
    // More than all the dollars that there are.
    [0.3, () => 2 ** 60],
  ])();
  return { token, to: random.chance(0.1) ? null : random.below(3), amountMicros };
}

function reorganisation(random: Random): Reorganisation {
  const fate = () => random.pick(['in the next block', 'in a later block', 'gone'] as const);
  return { depth: 1 + random.below(4), fates: [fate(), fate(), fate()], blocks: random.below(9) };
}

function asksOf(random: Random): Ask[] {
  return Array.from({ length: random.pick([1, 1, 2, 3]) }, () =>
    random.chance(0.35)
      ? { does: 'scan' }
      : {
          does: 'claim',
          back: random.pick([0, 0, 0, 1, 1, 2, 3]),
          transfer: random.below(5),
          isOwner: random.chance(0.8),
          isRightAmount: random.chance(0.85),
          isUpperCase: random.chance(0.2),
          copies: random.pick([1, 1, 2, 3, 5]),
        },
  );
}

function troubleOf(random: Random): Trouble {
  const answers = ['an error', 'no logs', 'no logs', 'nothing', 'an old head', 'no connection'] as const;
  return random.weighted<() => Trouble>([
    [10, () => null],
    [3, () => ({ at: 'node', skip: random.below(6), times: 1 + random.below(3), answer: random.pick(answers) })],
    [4, () => ({ at: 'chain', skip: random.below(6), reorganisation: reorganisation(random) })],
    [
      6,
      () => ({
        at: 'commit',
        moment: random.pick(['before', 'after', 'late', 'late'] as const),
        skip: random.pick([0, 0, 0, 1, 2]),
        isFinal: random.chance(0.7),
      }),
    ],
  ])();
}
