import { isWithinCaps, readCurrentWallet, spendableCredits } from '@cloud-bridge/ledger';
import { assertAllowed, capsOf } from '../../access/apiKeys/keyRules.ts';
import { walletOfCaller } from '../../access/wallets/walletOfCaller.ts';
import { priceOf } from '../../catalog/pricing/price.ts';
import { callerKeyId, callerRules } from '../../platform/http/caller.ts';
import { data } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { dataOf, idParams } from '../../platform/http/schemas.ts';
import { renderCharge, renderCreatedCharge, renderSettledCharge } from './charge.ts';
import {
  batchResultSchema,
  batchSchema,
  captureChargeSchema,
  chargeSchema,
  createChargeSchema,
  estimateResultSchema,
  estimateSchema,
  extendChargeSchema,
  releaseChargeSchema,
} from './charges.schemas.ts';
import { findCurrentCharge } from './findCharge.ts';
import type { ChargesNeeds } from './needs.ts';
import { postCharge } from './postCharge.ts';
import { postChargeBatch } from './postChargeBatch.ts';
import { settleCharge } from './settleCharge.ts';

const tag = 'Charges';
const mayWrite = { to: 'key', scope: 'charges:write' } as const;
const mayRead = { to: 'key', scope: 'charges:read' } as const;
const response = dataOf(chargeSchema);
const priceErrors = ['UNKNOWN_OPERATION', 'UNKNOWN_MODEL', 'UNKNOWN_TIER', 'PRICE_OUT_OF_RANGE'] as const;
const ruleErrors = ['OPERATION_NOT_ALLOWED', 'MODEL_NOT_ALLOWED'] as const;
const spendErrors = ['INSUFFICIENT_CREDITS', 'KEY_CREDIT_LIMIT_EXCEEDED'] as const;
const settleErrors = ['CHARGE_NOT_FOUND', 'CHARGE_NOT_HELD', 'CHARGE_OF_DELIVERY', 'IDEMPOTENCY_KEY_REUSED'] as const;

export const chargeRoutes = [
  defineRoute({
    method: 'post',
    path: '/billing/charges',
    tag,
    summary: 'Spend credits on an operation, or hold them',
    access: mayWrite,
    body: createChargeSchema,
    response,
    status: 201,
    errors: [
      ...priceErrors,
      ...spendErrors,
      ...ruleErrors,
      'WALLET_NOT_FOUND',
      'WALLET_CLOSED',
      'TOO_MANY_CAPPED_KEYS',
      'IDEMPOTENCY_KEY_REUSED',
    ],
    handle: async (deps: ChargesNeeds, { caller, body, idempotencyKey, requestHash }) => {
      const { entry, replayed } = await postCharge(deps, caller, body, { key: idempotencyKey, requestHash });
      return data(renderCreatedCharge(entry), replayed);
    },
  }),
  defineRoute({
    method: 'post',
    path: '/billing/charges/estimate',
    tag,
    summary: 'Estimate a charge',
    description: 'Returns the price, and whether the balance and the caps of the key cover it.',
    access: mayRead,
    body: estimateSchema,
    response: dataOf(estimateResultSchema),
    errors: [...priceErrors, ...ruleErrors],
    allowedWhileFrozen: true,
    handle: async (deps: ChargesNeeds, { caller, body }) => {
      const { operation, quantity } = body;
      assertAllowed(callerRules(caller), body);
      const amountCredits = priceOf(await deps.catalog.current(), body);
      const { wallet, now } = await readCurrentWallet(deps, await walletOfCaller(deps, caller, undefined));
      const availableCredits = spendableCredits(wallet, now);
      const key = { apiKeyId: callerKeyId(caller), keyCaps: capsOf(callerRules(caller)), now };
      const isCovered = availableCredits >= amountCredits && isWithinCaps(wallet, key, amountCredits);
      const sufficient = amountCredits === 0 || isCovered;
      return data({ operation, quantity, amountCredits, availableCredits, sufficient });
    },
  }),
  defineRoute({
    method: 'post',
    path: '/billing/charges/batch',
    tag,
    summary: 'Make up to 100 charges, each with its own result',
    description: 'A refused charge does not affect the others.',
    access: mayWrite,
    body: batchSchema,
    response: dataOf(batchResultSchema),
    errors: ['IDEMPOTENCY_KEY_REUSED'],
    handle: async (deps: ChargesNeeds, { caller, body, idempotencyKey, requestHash }) => {
      const { results, replayed } = await postChargeBatch(deps, caller, body.charges, {
        key: idempotencyKey,
        requestHash,
      });
      return data({ results }, replayed);
    },
  }),
  defineRoute({
    method: 'get',
    path: '/billing/charges/:id',
    tag,
    summary: 'Get a charge',
    access: mayRead,
    params: idParams,
    response,
    errors: ['CHARGE_NOT_FOUND'],
    handle: async (deps: ChargesNeeds, { caller, params }) =>
      data(renderCharge(await findCurrentCharge(deps, caller, params.id))),
  }),
  defineRoute({
    method: 'post',
    path: '/billing/charges/:id/capture',
    tag,
    summary: 'Capture a hold, in full or in part',
    description: 'Spends the captured credits; the rest of the hold returns to the balance.',
    access: mayWrite,
    params: idParams,
    body: captureChargeSchema,
    response,
    errors: [...settleErrors, ...spendErrors],
    handle: async (deps: ChargesNeeds, { caller, params, body, idempotencyKey, requestHash }) => {
      const settlement = { type: 'capture', amountCredits: body.amountCredits ?? null } as const;
      const result = await settleCharge(deps, caller, params.id, settlement, { key: idempotencyKey, requestHash });
      return data(renderSettledCharge(result), result.replayed);
    },
  }),
  defineRoute({
    method: 'post',
    path: '/billing/charges/:id/release',
    tag,
    summary: 'Release a hold',
    access: mayWrite,
    params: idParams,
    body: releaseChargeSchema,
    response,
    errors: settleErrors,
    allowedWhileFrozen: true,
    handle: async (deps: ChargesNeeds, { caller, params, idempotencyKey, requestHash }) => {
      const result = await settleCharge(
        deps,
        caller,
        params.id,
        { type: 'release' },
        { key: idempotencyKey, requestHash },
      );
      return data(renderSettledCharge(result), result.replayed);
    },
  }),
  defineRoute({
    method: 'post',
    path: '/billing/charges/:id/extend',
    tag,
    summary: "Extend a hold's deadline",
    access: mayWrite,
    params: idParams,
    body: extendChargeSchema,
    response,
    errors: settleErrors,
    handle: async (deps: ChargesNeeds, { caller, params, body, idempotencyKey, requestHash }) => {
      const settlement = { type: 'extend', holdSeconds: body.holdSeconds } as const;
      const result = await settleCharge(deps, caller, params.id, settlement, { key: idempotencyKey, requestHash });
      return data(renderSettledCharge(result), result.replayed);
    },
  }),
];
