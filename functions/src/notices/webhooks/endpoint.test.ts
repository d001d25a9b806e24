import { addSeconds } from '@cloud-bridge/base';
import { newEvent } from '../events/accountEvent.ts';
import { activeSecrets, afterAttempt, rotated, type WebhookEndpoint, wants } from './endpoint.ts';

const NOW = '2026-03-01T00:00:00.000Z';
const DAY_SECONDS = 24 * 60 * 60;
const secret = (value: string) => ({ value, expiresAt: null, requestKey: null });
const endpoint: WebhookEndpoint = {
  id: 'whk_1',
  accountId: 'alice',
  url: 'https://example.com/hook',
  description: '',
  events: null,
  secrets: [secret('whsec_first')],
  disabled: null,
  failingSince: null,
  createdAt: NOW,
  updatedAt: NOW,
  requestHash: 'hash',
};
const event = (type: 'order.paid' | 'credits.low') => newEvent({ accountId: 'alice', type }, ['1'], {}, NOW);
const ping = (endpointId: string) => ({ ...event('order.paid'), type: 'ping' as const, data: { endpointId } });
const failure = { succeeded: false, isGone: false, wasLast: false };

describe('an endpoint', () => {
  it('gets all events without a filter, and only the types of its filter with one', () => {
    const filtered: WebhookEndpoint = { ...endpoint, events: ['credits.low'] };
    expect([wants(endpoint, event('order.paid')), wants(endpoint, event('credits.low'))]).toEqual([true, true]);
    expect([wants(filtered, event('order.paid')), wants(filtered, event('credits.low'))]).toEqual([false, true]);
  });

  it('gets a ping only if the ping names the endpoint, whatever the filter', () => {
    const filtered: WebhookEndpoint = { ...endpoint, events: ['credits.low'] };
    expect([wants(filtered, ping('whk_1')), wants(filtered, ping('whk_2'))]).toEqual([true, false]);
  });

  it('gets nothing while it is disabled', () => {
    const disabled: WebhookEndpoint = { ...endpoint, disabled: { at: NOW, reason: 'owner' } };
    expect([wants(disabled, event('order.paid')), wants(disabled, ping('whk_1'))]).toEqual([false, false]);
  });
});

describe('after a rotation', () => {
  const after = rotated(endpoint, secret('whsec_second'), NOW);

  it('both secrets sign for a day, the new one first', () => {
    expect(activeSecrets(after, NOW)).toEqual(['whsec_second', 'whsec_first']);
    expect(activeSecrets(after, addSeconds(NOW, DAY_SECONDS - 1))).toHaveLength(2);
    expect(activeSecrets(after, addSeconds(NOW, DAY_SECONDS))).toEqual(['whsec_second']);
  });

  it('a second rotation leaves two secrets', () => {
    expect(activeSecrets(rotated(after, secret('whsec_third'), NOW), NOW)).toEqual(['whsec_third', 'whsec_second']);
  });
});

describe('an endpoint that fails', () => {
  const failing = afterAttempt(endpoint, failure, NOW);
  const late = addSeconds(NOW, 2 * DAY_SECONDS);

  it('keeps the time of its first failure until an attempt succeeds', () => {
    expect(failing.failingSince).toBe(NOW);
    expect(afterAttempt(failing, failure, late)).toBe(failing);
    expect(afterAttempt(failing, { ...failure, succeeded: true }, late)).toEqual(endpoint);
    expect(afterAttempt(endpoint, { ...failure, succeeded: true }, late)).toBe(endpoint);
  });

  it("is disabled after an event's last attempt, once all attempts have failed for two days", () => {
    const last = { ...failure, wasLast: true };
    expect(afterAttempt(failing, last, addSeconds(late, -1)).disabled).toBeNull();
    expect(afterAttempt(failing, last, late).disabled).toEqual({ at: late, reason: 'failing' });
  });

  it('is disabled at once when it answers 410', () => {
    expect(afterAttempt(endpoint, { ...failure, isGone: true }, NOW).disabled).toEqual({ at: NOW, reason: 'gone' });
  });

  it('keeps the time and reason for which it was disabled', () => {
    const disabled = afterAttempt(endpoint, { ...failure, isGone: true }, NOW);
    expect(afterAttempt(disabled, { ...failure, isGone: true }, late)).toBe(disabled);
  });
});
