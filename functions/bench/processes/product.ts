import { randomUUID } from 'node:crypto';
import { type Idempotency, IdempotencyKey } from '@cloud-bridge/base';
import { postCharge } from '../../src/credits/charges/postCharge.ts';
import { settleCharge } from '../../src/credits/charges/settleCharge.ts';
import { createParts } from '../../src/main/compose.ts';
import { type Caller, SCOPES } from '../../src/platform/http/caller.ts';
import { type BilledOperations, billedSince, billedSoFar, countBilledOperations } from '../support/billedOperations.ts';
import { type Load, type LoadResult, runLoad } from '../support/load.ts';
import { serve } from '../support/remote.ts';
import { chargeRequest, REQUEST_HASH } from '../support/request.ts';

countBilledOperations();
const deps = createParts();

interface Order {
  readonly accountId: string;
  readonly load: Load;
}

type ProductResult = LoadResult & { readonly billed: BilledOperations };

/** Charges a wallet. */
function charge({ accountId, load }: Order): Promise<ProductResult> {
  return counted(load, () => chargeOnce(accountId));
}

/** Charges each of several wallets once, one after the other. */
function chargeEach({ accountIds }: { accountIds: readonly string[] }): Promise<ProductResult> {
  const left = [...accountIds];
  const load = { callers: 1, durationMs: Number.POSITIVE_INFINITY, maxActions: left.length };
  return counted(load, () => chargeOnce(left.pop() ?? ''));
}

/** Charges two wallets at the same time. */
async function chargeTwo(orders: { quiet: Order; hot: Order }): Promise<{ quiet: LoadResult; hot: LoadResult }> {
  const [quiet, hot] = await Promise.all([charge(orders.quiet), charge(orders.hot)]);
  return { quiet, hot };
}

/** Holds the price and captures all of it. */
function holdAndCapture({ accountId, load }: Order): Promise<ProductResult> {
  return counted(load, async () => {
    const caller = callerOf(accountId);
    const { entry } = await postCharge(deps, caller, { ...chargeRequest, capture: false }, idempotency());
    await settleCharge(deps, caller, entry.id, { type: 'capture', amountCredits: null }, idempotency());
  });
}

async function chargeOnce(accountId: string): Promise<void> {
  const { replayed } = await postCharge(deps, callerOf(accountId), chargeRequest, idempotency());
  if (replayed) throw new Error('The answer is of an earlier charge.');
}

async function counted(load: Load, act: () => Promise<unknown>): Promise<ProductResult> {
  const before = billedSoFar();
  const result = await runLoad(load, act);
  return { ...result, billed: billedSince(before) };
}

function callerOf(accountId: string): Caller {
  return { kind: 'key', accountId, keyId: `key_${accountId}`, scopes: SCOPES, walletId: 'main', integrationId: null };
}

function idempotency(): Idempotency {
  return { key: new IdempotencyKey(randomUUID()), requestHash: REQUEST_HASH };
}

const methods = { charge, chargeEach, chargeTwo, holdAndCapture };
export type Product = typeof methods;
serve(methods);
