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

describe('what is sent to an endpoint', () => {
  it('is everything without a filter, and what the filter names with one', () => {
    const filtered: WebhookEndpoint = { ...endpoint, events: ['credits.low'] };
    expect([wants(endpoint, event('order.paid')), wants(endpoint, event('credits.low'))]).toEqual([true, true]);
    expect([wants(filtered, event('order.paid')), wants(filtered, event('credits.low'))]).toEqual([false, true]);
  });

  it('is a ping only where it was asked for, whatever the filter', () => {
    const filtered: WebhookEndpoint = { ...endpoint, events: ['credits.low'] };
    expect([wants(filtered, ping('whk_1')), wants(filtered, ping('whk_2'))]).toEqual([true, false]);
  });

  it('is nothing while it is disabled', () => {
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

  it('another one leaves two', () => {
    expect(activeSecrets(rotated(after, secret('whsec_third'), NOW), NOW)).toEqual(['whsec_third', 'whsec_second']);
  });
});

describe('an endpoint that fails', () => {
  const failing = afterAttempt(endpoint, failure, NOW);
  const late = addSeconds(NOW, 2 * DAY_SECONDS);

  it('is noted with its first failure only, and forgiven by a success', () => {
    expect(failing.failingSince).toBe(NOW);
    expect(afterAttempt(failing, failure, late)).toBe(failing);
    expect(afterAttempt(failing, { ...failure, succeeded: true }, late)).toEqual(endpoint);
    expect(afterAttempt(endpoint, { ...failure, succeeded: true }, late)).toBe(endpoint);
  });

  it('is given up with the last try of an event, once nothing was taken for two days', () => {
    const last = { ...failure, wasLast: true };
    expect(afterAttempt(failing, last, addSeconds(late, -1)).disabled).toBeNull();
    expect(afterAttempt(failing, last, late).disabled).toEqual({ at: late, reason: 'failing' });
  });

  it('is given up at once when it says that it is gone', () => {
    expect(afterAttempt(endpoint, { ...failure, isGone: true }, NOW).disabled).toEqual({ at: NOW, reason: 'gone' });
  });

  it('stays disabled as it was', () => {
    const disabled = afterAttempt(endpoint, { ...failure, isGone: true }, NOW);
    expect(afterAttempt(disabled, { ...failure, isGone: true }, late)).toBe(disabled);
  });
});
