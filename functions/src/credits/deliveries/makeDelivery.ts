import {
  addSeconds,
  type Idempotency,
  idempotencyKeyReused,
  idOfRequest,
  laterOf,
  randomId,
  requestHash,
} from '@cloud-bridge/base';
import { assertAllowed, capsOf } from '../../access/apiKeys/keyRules.ts';
import { integrationOfCaller } from '../../access/integrations/findIntegration.ts';
import { walletOfCaller } from '../../access/wallets/walletOfCaller.ts';
import { priceOf } from '../../catalog/pricing/price.ts';
import { type Caller, callerKeyId, callerRules } from '../../platform/http/caller.ts';
import { callUpstream } from './callUpstream.ts';
import { deliveriesNotConfigured } from './deliveries.errors.ts';
import type { CreateDeliveryRequest } from './deliveries.schemas.ts';
import { absentFrom, type Delivery, isLive, nextCheckAfter, REQUEST_SECONDS } from './delivery.ts';
import { holdPrice } from './holdPrice.ts';
import type { DeliveriesNeeds } from './needs.ts';
import { postponeDelivery, settleDelivery } from './settleDelivery.ts';
import { checkDelivery, settleIfDue } from './settleOpenDeliveries.ts';
import type { DeliveryUpstream } from './upstream/upstream.ts';
import { attemptOf, verdictOfAnswers } from './verdict.ts';

export interface MadeDelivery {
  readonly delivery: Delivery;
  readonly replayed: boolean;
}

/**
 * Holds the price, has the service make the delivery, and captures the price on success. Returns the delivery in its
 * final state, or `unconfirmed`. A repeated request gets the same delivery and doesn't request another.
 * @throws DELIVERIES_NOT_CONFIGURED, WALLET_NOT_FOUND, IDEMPOTENCY_KEY_REUSED, and what {@link integrationOfCaller},
 *   {@link priceOf}, {@link assertAllowed} and {@link holdPrice} throw
 */
export async function makeDelivery(
  deps: DeliveriesNeeds,
  caller: Caller,
  request: CreateDeliveryRequest,
  idempotency: Idempotency,
): Promise<MadeDelivery> {
  const { upstream } = deps;
  if (!upstream) throw deliveriesNotConfigured();
  const { accountId, walletId } = await walletOfCaller(deps, caller, undefined);
  const id = idOfRequest({ account: accountId }, 'dlv', idempotency.key, walletId);
  const fingerprint = fingerprintOf(accountId, idempotency);
  const known = idempotency.key ? await deps.deliveries.find(accountId, id) : null;
  if (known) return replayOf(deps, known, fingerprint);
  assertAllowed(callerRules(caller), request);
  const draft = await draftDelivery(deps, caller, request, { id, walletId, requestHash: fingerprint });
  const held = await holdPrice(deps, draft, capsOf(callerRules(caller)));
  const stored = held
    ? await deps.deliveries.createOrFind({ ...draft, ...held })
    : await deps.deliveries.find(accountId, id);
  if (!stored) throw new Error(`delivery ${id} is gone`);
  if (stored.commandId !== draft.commandId) return replayOf(deps, stored, fingerprint);
  return { delivery: await deliver(deps, upstream, stored, request.payload), replayed: false };
}

/**
 * Returns the fingerprint that repeated requests are compared by. The payload may contain a password, so a plain hash
 * would allow guessing. The fingerprint also depends on the Idempotency-Key, which isn't stored.
 */
function fingerprintOf(accountId: string, { key, requestHash: hash }: Idempotency): string {
  return requestHash([idOfRequest({ account: accountId }, 'fingerprint', key), hash]);
}

async function replayOf(deps: DeliveriesNeeds, known: Delivery, fingerprint: string): Promise<MadeDelivery> {
  if (known.requestHash !== fingerprint) throw idempotencyKeyReused();
  return { delivery: await settleIfDue(deps, known), replayed: true };
}

async function draftDelivery(
  deps: DeliveriesNeeds,
  caller: Caller,
  request: CreateDeliveryRequest,
  ids: Pick<Delivery, 'id' | 'walletId' | 'requestHash'>,
): Promise<Delivery> {
  const { operation, recipient = null } = request;
  const amountCredits = priceOf(await deps.catalog.current(), { operation, quantity: 1 });
  const integrationId = await integrationOfCaller(deps, caller, request.integrationId);
  const now = deps.clock();
  return {
    ...ids,
    accountId: caller.accountId,
    operation,
    recipient,
    integrationId,
    apiKeyId: callerKeyId(caller) ?? null,
    amountCredits,
    chargeId: null,
    holdExpiresAt: null,
    status: 'pending',
    spentCredits: 0,
    attempts: [],
    checks: 0,
    error: null,
    resultJson: null,
    createdAt: now,
    expiresAt: addSeconds(now, deps.config.deliveryDeadlineSeconds),
    settledAt: null,
    nextCheckAt: addSeconds(now, REQUEST_SECONDS),
    commandId: randomId('cmd'),
  };
}

async function deliver(
  deps: DeliveriesNeeds,
  upstream: DeliveryUpstream,
  delivery: Delivery,
  payload: Readonly<Record<string, unknown>>,
): Promise<Delivery> {
  const replies = await callUpstream(deps, upstream, delivery, payload, isLive(delivery));
  const attempted = { ...delivery, attempts: replies.map(attemptOf) };
  const verdict =
    verdictOfAnswers(replies.map(({ answer }) => answer)) ?? (await checkDelivery(deps, upstream, attempted));
  if (verdict) return settleDelivery(deps, attempted, verdict);
  const nextCheckAt = laterOf(absentFrom(delivery), nextCheckAfter(0, deps.clock()));
  return postponeDelivery(deps, attempted, nextCheckAt);
}
