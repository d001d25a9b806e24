/** Records of operators' changes. A record also makes a repeated request of an operator have one effect. */

import { type IdempotencyKey, type IsoTime, idOfRequest } from '@cloud-bridge/base';
import type { AccountCaller } from '../../platform/http/caller.ts';

/** The actions of operators that the audit log records. */
export const OPERATOR_ACTIONS = [
  'account.freeze',
  'account.unfreeze',
  'catalog.change',
  'catalog.rollback',
  'coupon.create',
  'coupon.disable',
  'credits.adjust',
  'invoicing.approve',
  'invoicing.decline',
  'order.refund',
  'webhookEvent.replay',
] as const;
export type OperatorAction = (typeof OPERATOR_ACTIONS)[number];

/** The changed fields of the changed object, before or after the change. */
type Summary = Readonly<Record<string, unknown>>;

/** A change by an operator, written in the same commit as the change. Erasing the account erases only the reason. */
export interface AuditRecord {
  /** Derived from the operator's Idempotency-Key, if there is one; then the record also marks the request as done. */
  readonly id: string;
  /** The operator's uid. */
  readonly actorId: string;
  readonly action: OperatorAction;
  /** The id of the changed object: an account, coupon, order, event or version. */
  readonly targetId: string;
  /** The account that the change concerns; null if it doesn't concern one account. */
  readonly accountId: string | null;
  readonly before: Summary | null;
  readonly after: Summary | null;
  readonly reason: string | null;
  /** The result, for the answer to a repeated request; missing where the result can be read from elsewhere. */
  readonly result?: Summary;
  readonly requestId: string;
  readonly requestHash: string;
  readonly createdAt: IsoTime;
}

/** An operator's request for a change, with the id that its record in the audit log will have. */
export interface OperatorRequest {
  readonly actorId: string;
  readonly action: OperatorAction;
  readonly auditId: string;
  /** True with an Idempotency-Key. Then the request is recorded even if it changes nothing: see {@link mustRecord}. */
  readonly hasKey: boolean;
  readonly requestId: string;
  readonly requestHash: string;
}

/** The part of a parsed request that the audit log needs. */
interface RequestOfOperator {
  readonly caller: AccountCaller;
  readonly idempotencyKey: IdempotencyKey | null;
  readonly requestId: string;
  readonly requestHash: string;
}

/** Turns a parsed request into an operator's request, and derives the id of its record. */
export function operatorRequest(request: RequestOfOperator, action: OperatorAction): OperatorRequest {
  const { caller, idempotencyKey, requestId, requestHash } = request;
  const actorId = caller.accountId;
  const auditId = idOfRequest({ operator: actorId }, 'aud', idempotencyKey, action);
  return { actorId, action, auditId, hasKey: idempotencyKey !== null, requestId, requestHash };
}

/** The part of a record that the code making the change provides. */
export type RecordedChange = Pick<AuditRecord, 'targetId'> &
  Partial<Pick<AuditRecord, 'accountId' | 'before' | 'after' | 'reason' | 'result'>>;

/** Builds the record of a change; fields that the change doesn't give are null. */
export function auditRecord(operator: OperatorRequest, change: RecordedChange, now: IsoTime): AuditRecord {
  const { actorId, action, auditId, requestId, requestHash } = operator;
  const nothing = { accountId: null, before: null, after: null, reason: null };
  return { ...nothing, ...change, id: auditId, actorId, action, requestId, requestHash, createdAt: now };
}

/**
 * True if a request must be recorded. A request with an Idempotency-Key is recorded even if it changed nothing, because
 * otherwise its repetition after a later change would have an effect.
 */
export function mustRecord({ hasKey }: OperatorRequest, hasChanged: boolean): boolean {
  return hasChanged || hasKey;
}

/** Returns the present object with the fields that an earlier request set, for the answer to its repetition. */
export function asRecorded<T extends object>(now: T, { result, after }: AuditRecord): T {
  return { ...now, ...(result ?? after) };
}

/** True for a record of an earlier request with the same Idempotency-Key. */
export function isOfEarlierRequest(record: AuditRecord, operator: OperatorRequest): boolean {
  return record.requestId !== operator.requestId;
}
