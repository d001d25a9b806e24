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

describe('the verdict on the answers to a delivery’s requests', () => {
  it('is delivered if the last answer says so, whatever went before', () => {
    for (const type of ['timedOut', 'cutOff', 'brokenAnswer', 'notSent'] as const) {
      expect(statusOf(trouble(type), delivered)).toBe('delivered');
    }
  });

  it('is refused if the service says so, or refuses a first request', () => {
    expect(statusOf(trouble('timedOut'), failed)).toBe('DELIVERY_REFUSED');
    expect(statusOf(trouble('refused'))).toBe('DELIVERY_REFUSED');
    expect(statusOf(trouble('notSent'), trouble('throttled'), trouble('refused'))).toBe('DELIVERY_REFUSED');
  });

  it.each(['timedOut', 'cutOff', 'brokenAnswer'] as const)('is open when a request %s before a refusal', (type) => {
    expect(statusOf(trouble(type), trouble('refused'))).toBeNull();
    expect(statusOf(trouble(type), trouble('notSent'))).toBeNull();
    expect(statusOf(trouble('notSent'), trouble(type))).toBeNull();
  });

  it('is failed only when certainly no request had an effect', () => {
    expect(statusOf(trouble('notSent'), trouble('notSent'))).toBe('DELIVERY_FAILED');
    expect(statusOf(trouble('throttled'))).toBe('DELIVERY_FAILED');
    expect(statusOf(trouble('misdirected'))).toBe('DELIVERY_FAILED');
    expect(statusOf(trouble('timedOut'), trouble('misdirected'))).toBeNull();
  });

  it('is timed out when the request came too late to be begun', () => {
    expect(statusOf({ type: 'failed', refusal: { ...refusal, code: 'DELIVERY_EXPIRED' } })).toBe('DELIVERY_TIMED_OUT');
  });

  it('is open when the delivery was accepted for later, or never requested', () => {
    expect(statusOf({ type: 'pending' })).toBeNull();
    expect(statusOf()).toBeNull();
  });
});

it('a request is repeated unless its answer is final or a refusal', () => {
  const again = ['throttled', 'notSent', 'brokenAnswer', 'timedOut', 'cutOff'] as const;
  for (const type of again) expect(mayGoBetter(trouble(type))).toBe(true);
  for (const answer of [delivered, failed, trouble('refused'), trouble('misdirected'), { type: 'pending' } as const]) {
    expect(mayGoBetter(answer)).toBe(false);
  }
});

describe('the verdict on a check', () => {
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

  it('is the outcome that the service states', () => {
    expect(check(['timedOut'], delivered, before)).toBe('delivered');
    expect(check(['timedOut'], failed, before)).toBe('DELIVERY_REFUSED');
  });

  it('is failed at once for an unknown delivery if every request was answered', () => {
    expect(check(['brokenAnswer', 'brokenAnswer'], unknown, before)).toBe('DELIVERY_FAILED');
  });

  it.each(['timedOut', 'cutOff', 'pending'] as const)(
    'is open for an unknown delivery while a request that %s may still be running',
    (outcome) => {
      expect(check([outcome, 'brokenAnswer'], unknown, before)).toBeNull();
      expect(check([outcome, 'brokenAnswer'], unknown, after)).toBe('DELIVERY_FAILED');
    },
  );

  it('is timed out for an unknown delivery whose last request timed out', () => {
    expect(check(['timedOut'], unknown, after)).toBe('DELIVERY_TIMED_OUT');
  });

  it('waits for the deadline if a request crashed before it recorded an attempt', () => {
    expect(check([], unknown, before)).toBeNull();
    expect(check([], unknown, after)).toBe('DELIVERY_FAILED');
  });

  it.each(['refused', 'throttled', 'notSent', 'brokenAnswer', 'timedOut', 'cutOff'] as const)(
    'is open when the check itself is %s',
    (type) => expect(check(['timedOut'], trouble(type), after)).toBeNull(),
  );
});
