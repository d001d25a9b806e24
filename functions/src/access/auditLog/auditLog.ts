import { type IdempotencyKey, type IsoTime, idOfRequest } from '@cloud-bridge/base';
import type { AccountCaller } from '../../platform/http/caller.ts';

/** Everything that operators do here. */
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

/** What a thing was before or after, as far as it was changed. */
type Summary = Readonly<Record<string, unknown>>;

/** One change by an operator; written in the same commit as the change. Only its reason goes with the account. */
export interface AuditRecord {
  /** Derived from the operator's Idempotency-Key where there is one: then it is also the record of that request. */
  readonly id: string;
  /** Uid of the operator. */
  readonly actorId: string;
  readonly action: OperatorAction;
  /** What was changed: the id of an account, coupon, order, event or version. */
  readonly targetId: string;
  /** The account that it concerns, if it is one account's. */
  readonly accountId: string | null;
  readonly before: Summary | null;
  readonly after: Summary | null;
  readonly reason: string | null;
  /** What the request came to, for its repetition; missing where that can be found again by itself. */
  readonly result?: Summary;
  readonly requestId: string;
  readonly requestHash: string;
  readonly createdAt: IsoTime;
}

/** An operator's request to change something: who asks, and under which id it will be in the audit log. */
export interface OperatorRequest {
  readonly actorId: string;
  readonly action: OperatorAction;
  readonly auditId: string;
  /** Whether it has an Idempotency-Key. Then it is recorded even if it changes nothing: see {@link mustRecord}. */
  readonly hasKey: boolean;
  readonly requestId: string;
  readonly requestHash: string;
}

/** The part of a parsed request that the audit log wants. */
interface RequestOfOperator {
  readonly caller: AccountCaller;
  readonly idempotencyKey: IdempotencyKey | null;
  readonly requestId: string;
  readonly requestHash: string;
}

export function operatorRequest(request: RequestOfOperator, action: OperatorAction): OperatorRequest {
  const { caller, idempotencyKey, requestId, requestHash } = request;
  const actorId = caller.accountId;
  const auditId = idOfRequest({ operator: actorId }, 'aud', idempotencyKey, action);
  return { actorId, action, auditId, hasKey: idempotencyKey !== null, requestId, requestHash };
}

/** What a change says of itself. */
export type RecordedChange = Pick<AuditRecord, 'targetId'> &
  Partial<Pick<AuditRecord, 'accountId' | 'before' | 'after' | 'reason' | 'result'>>;

export function auditRecord(operator: OperatorRequest, change: RecordedChange, now: IsoTime): AuditRecord {
  const { actorId, action, auditId, requestId, requestHash } = operator;
  const nothing = { accountId: null, before: null, after: null, reason: null };
  return { ...nothing, ...change, id: auditId, actorId, action, requestId, requestHash, createdAt: now };
}

/**
 * Whether a request is recorded. One that changed nothing is recorded if it has an Idempotency-Key: repeated after a
 * later change, it would have an effect otherwise.
 */
export function mustRecord({ hasKey }: OperatorRequest, hasChanged: boolean): boolean {
  return hasChanged || hasKey;
}

/** What an earlier request came to, laid over what the thing is now. */
export function asRecorded<T extends object>(now: T, { result, after }: AuditRecord): T {
  return { ...now, ...(result ?? after) };
}

/** True for a record that an earlier request with the same Idempotency-Key has left. */
export function isOfEarlierRequest(record: AuditRecord, operator: OperatorRequest): boolean {
  return record.requestId !== operator.requestId;
}
