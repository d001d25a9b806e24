import { randomUUID } from 'node:crypto';
import { once } from '@cloud-bridge/base';
import { AuditStore } from '@cloud-bridge/ledger';
import type { DocumentReference, QueryDocumentSnapshot } from 'firebase-admin/firestore';
import { AUDIT_LIMITS, type AuditLimits } from '../../../packages/ledger/src/audit/auditWallet.ts';
import { createChargeSchema } from '../../src/credits/charges/charges.schemas.ts';
import { postCharge } from '../../src/credits/charges/postCharge.ts';
import { type Settlement, settleCharge } from '../../src/credits/charges/settleCharge.ts';
import { type Caller, SCOPES } from '../../src/platform/http/caller.ts';
import { suiteDeps } from './functionsTest.ts';
import { database } from './suite.ts';

/** Reports of audits, newest last. The test that begins an audit empties the list. */
export const findings: { accountId?: unknown; differences?: { field: string }[] }[] = [];
export const clock = () => new Date().toISOString();

/** Returns an audit's needs with a part replaced. */
export function depsWith(store = new AuditStore(database()), limits: AuditLimits = AUDIT_LIMITS) {
  const logger = {
    info: () => {},
    warn: () => {},
    error: (_message: string, fields: Record<string, unknown> = {}) => void findings.push(fields),
  };
  return { store, clock, logger, limits };
}

const productDeps = once(suiteDeps);

/** An account whose wallets the product's own use cases write. */
export class Spender {
  readonly accountId = randomUUID();
  readonly #deps = productDeps();
  readonly #caller: Caller = {
    kind: 'key',
    accountId: this.accountId,
    keyId: 'key_1',
    scopes: SCOPES,
    walletId: 'main',
    integrationId: null,
  };

  async grant(amountCredits: number): Promise<void> {
    const id = randomUUID();
    const times = { now: clock(), expiresAt: null };
    const command = { entryId: `grt_${id}`, commandId: id, requestHash: id, description: 'Test grant', ...times };
    const address = { accountId: this.accountId, walletId: 'main' };
    await this.#deps.wallets.submit(address, { ...command, type: 'grant', source: 'grant', amountCredits });
  }

  /** Posts a charge or a hold, and returns its id. */
  async charge(request: { operation: string; capture?: boolean }): Promise<string> {
    const parsed = createChargeSchema.parse(request);
    return (await postCharge(this.#deps, this.#caller, parsed, newRequest())).entry.id;
  }

  async settle(chargeId: string, settlement: Settlement): Promise<void> {
    await settleCharge(this.#deps, this.#caller, chargeId, settlement, newRequest());
  }
}

function newRequest() {
  return { key: null, requestHash: randomUUID() };
}

export interface History {
  readonly spender: Spender;
  readonly wallet: DocumentReference;
  /** Posts a hold that is captured in part, and a hold that stays open. */
  readonly captured: DocumentReference;
  readonly open: DocumentReference;
}

/** Creates a wallet with five entries: a grant, a charge, a hold, its capture, and an open hold. */
export async function withHistory(): Promise<History> {
  const spender = new Spender();
  await spender.grant(100);
  await spender.charge({ operation: 'follow' });
  const captured = await spender.charge({ operation: 'presetShare', capture: false });
  await spender.settle(captured, { type: 'capture', amountCredits: 4 });
  const open = await spender.charge({ operation: 'presetShare', capture: false });
  const wallet = database().doc(`accounts/${spender.accountId}/wallets/main`);
  const entries = wallet.collection('entries');
  return { spender, wallet, captured: entries.doc(captured), open: entries.doc(open) };
}

/** Changes a document during an action, and restores it afterwards, so that other audits find no difference. */
export async function during(
  document: DocumentReference,
  change: (document: DocumentReference) => Promise<unknown>,
  body: () => Promise<void>,
): Promise<void> {
  const before = await document.get();
  await change(document);
  try {
    await body();
  } finally {
    await (before.exists ? document.set(before.data() as object) : document.delete());
  }
}

export const checkpointOf = (wallet: DocumentReference) => wallet.collection('audit').doc('checkpoint');

export async function entryWith(wallet: DocumentReference, sequence: number): Promise<DocumentReference> {
  const [entry] = (await wallet.collection('entries').where('sequence', '==', sequence).get()).docs;
  return (entry as QueryDocumentSnapshot).ref;
}
