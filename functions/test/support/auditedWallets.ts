import { randomUUID } from 'node:crypto';
import type { DocumentReference, QueryDocumentSnapshot } from 'firebase-admin/firestore';
import { AuditStore } from '../../src/audit/audit.store.ts';
import { AUDIT_LIMITS, type AuditLimits } from '../../src/audit/auditWallet.ts';
import { createChargeSchema } from '../../src/charges/charges.schemas.ts';
import { postCharge } from '../../src/charges/postCharge.ts';
import { type Settlement, settleCharge } from '../../src/charges/settleCharge.ts';
import { type Caller, SCOPES } from '../../src/http/caller.ts';
import { once } from '../../src/shared/once.ts';
import { suiteDeps } from './functionsTest.ts';
import { database } from './suite.ts';

/** What audits have reported, newest last; emptied by whoever begins one. */
export const findings: { accountId?: unknown; differences?: { field: string }[] }[] = [];
export const clock = () => new Date().toISOString();

/** What an audit needs, with a part of it replaced. */
export function depsWith(store = new AuditStore(database()), limits: AuditLimits = AUDIT_LIMITS) {
  const logger = {
    info: () => {},
    warn: () => {},
    error: (_message: string, fields: Record<string, unknown> = {}) => void findings.push(fields),
  };
  return { store, clock, logger, limits };
}

const productDeps = once(suiteDeps);

/** An account whose wallets are written by the product's own use cases. */
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

  /** Posts a charge, or a hold; gives its id. */
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
  /** A hold that was captured in part, and one that is open. */
  readonly captured: DocumentReference;
  readonly open: DocumentReference;
}

/** A wallet with five entries: a grant, a charge, a hold, its capture, and an open hold. */
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

/** Does something to a document, and puts it back afterwards, so that other audits find nothing. */
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
