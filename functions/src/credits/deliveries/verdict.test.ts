import type { DeliveryAttempt } from './delivery.ts';
import type { UpstreamState, UpstreamTrouble } from './upstream/upstream.ts';
import { mayGoBetter, verdictOfAnswers, verdictOfCheck } from './verdict.ts';

type Answer = UpstreamState | UpstreamTrouble;
const refusal = { code: 'CODE', message: 'Why.' };
const trouble = (type: UpstreamTrouble['type']): Answer => ({ type, refusal });
const delivered: Answer = { type: 'delivered', result: 1 };
const failed: Answer = { type: 'failed', refusal };
const statusOf = (...answers: Answer[]) => {
  const verdict = verdictOfAnswers(answers);
  return verdict && (verdict.status === 'delivered' ? 'delivered' : verdict.error.code);
};

describe('the answers to a delivery’s requests', () => {
  it('say delivered whatever went before', () => {
    for (const type of ['timedOut', 'cutOff', 'brokenAnswer', 'notSent'] as const) {
      expect(statusOf(trouble(type), delivered)).toBe('delivered');
    }
  });

  it('say refused when the service says so, or refuses a first request', () => {
    expect(statusOf(trouble('timedOut'), failed)).toBe('DELIVERY_REFUSED');
    expect(statusOf(trouble('refused'))).toBe('DELIVERY_REFUSED');
    expect(statusOf(trouble('notSent'), trouble('throttled'), trouble('refused'))).toBe('DELIVERY_REFUSED');
  });

  it.each(['timedOut', 'cutOff', 'brokenAnswer'] as const)('say nothing when one %s before a refusal', (type) => {
    expect(statusOf(trouble(type), trouble('refused'))).toBeNull();
    expect(statusOf(trouble(type), trouble('notSent'))).toBeNull();
    expect(statusOf(trouble('notSent'), trouble(type))).toBeNull();
  });

  it('say failed only when it is certain that none had an effect', () => {
    expect(statusOf(trouble('notSent'), trouble('notSent'))).toBe('DELIVERY_FAILED');
    expect(statusOf(trouble('throttled'))).toBe('DELIVERY_FAILED');
    expect(statusOf(trouble('misdirected'))).toBe('DELIVERY_FAILED');
    expect(statusOf(trouble('timedOut'), trouble('misdirected'))).toBeNull();
  });

  it('say timed out when it came too late to be begun', () => {
    expect(statusOf({ type: 'failed', refusal: { ...refusal, code: 'DELIVERY_EXPIRED' } })).toBe('DELIVERY_TIMED_OUT');
  });

  it('say nothing when it is accepted for later, or never was asked for', () => {
    expect(statusOf({ type: 'pending' })).toBeNull();
    expect(statusOf()).toBeNull();
  });
});

it('a request is repeated unless its answer is a word on the delivery or a refusal', () => {
  const again = ['throttled', 'notSent', 'brokenAnswer', 'timedOut', 'cutOff'] as const;
  for (const type of again) expect(mayGoBetter(trouble(type))).toBe(true);
  for (const answer of [delivered, failed, trouble('refused'), trouble('misdirected'), { type: 'pending' } as const]) {
    expect(mayGoBetter(answer)).toBe(false);
  }
});

describe('what the service says when it is asked about a delivery', () => {
  const expiresAt = '2026-01-01T00:00:20.000Z';
  const before = '2026-01-01T00:00:20.999Z';
  const after = '2026-01-01T00:00:21.000Z';
  const attempt = (outcome: DeliveryAttempt['outcome']): DeliveryAttempt => ({
    outcome,
    httpStatus: null,
    latencyMs: 1,
    refusal,
  });
  const check = (outcomes: DeliveryAttempt['outcome'][], answer: Parameters<typeof verdictOfCheck>[1], now: string) => {
    const verdict = verdictOfCheck({ status: 'unconfirmed', attempts: outcomes.map(attempt), expiresAt }, answer, now);
    return verdict && (verdict.status === 'delivered' ? 'delivered' : verdict.error.code);
  };
  const unknown = { type: 'unknown' } as const;

  it('ends it when it is a word on it', () => {
    expect(check(['timedOut'], delivered, before)).toBe('delivered');
    expect(check(['timedOut'], failed, before)).toBe('DELIVERY_REFUSED');
  });

  it('that it is not known means at once that it wasn’t made when every request was answered', () => {
    expect(check(['brokenAnswer', 'brokenAnswer'], unknown, before)).toBe('DELIVERY_FAILED');
  });

  it.each(['timedOut', 'cutOff', 'pending'] as const)(
    'that it is not known means nothing while a request that %s may be on its way',
    (outcome) => {
      expect(check([outcome, 'brokenAnswer'], unknown, before)).toBeNull();
      expect(check([outcome, 'brokenAnswer'], unknown, after)).toBe('DELIVERY_FAILED');
    },
  );

  it('that it is not known ends one that timed out as that', () => {
    expect(check(['timedOut'], unknown, after)).toBe('DELIVERY_TIMED_OUT');
  });

  it('means the same of a request that crashed before it noted anything', () => {
    expect(check([], unknown, before)).toBeNull();
    expect(check([], unknown, after)).toBe('DELIVERY_FAILED');
  });

  it.each(['refused', 'throttled', 'notSent', 'brokenAnswer', 'timedOut', 'cutOff'] as const)(
    'means nothing when the question itself is %s',
    (type) => expect(check(['timedOut'], trouble(type), after)).toBeNull(),
  );
});
