import { randomUUID } from 'node:crypto';
import type { Idempotency } from '@cloud-bridge/base';
import { type OperatorRequest, operatorRequest } from '../../src/access/auditLog/auditLog.ts';
import type { AccountCaller } from '../../src/platform/http/caller.ts';

const OPERATOR: AccountCaller = { kind: 'account', accountId: 'operator', via: 'idToken', isAdmin: true };

/** Returns an operator's request for a refund, for tests that call the use case directly. */
export function refundingOperator({ key, requestHash }: Idempotency): OperatorRequest {
  const request = { caller: OPERATOR, idempotencyKey: key, requestId: randomUUID(), requestHash };
  return operatorRequest(request, 'order.refund');
}
