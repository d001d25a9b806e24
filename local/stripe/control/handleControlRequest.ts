import type { OperationCounts } from '../api/operationCounts.ts';
import type { Reply } from '../api/reply.ts';
import { StripeError } from '../api/stripeError.ts';
import { runDueWork } from '../billing/dueWork.ts';
import { expireDueSessions } from '../checkout/sessionLife.ts';
import { ContractViolation } from '../contractViolation.ts';
import { stripeApiVersion, stripePackageVersion } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';
import type { WebhookFaultSettings } from '../webhooks/webhookFaults.ts';
import type { WebhookQueue } from '../webhooks/webhookQueue.ts';
import type { ApiFaults, FaultEffect } from './apiFaults.ts';
import { ControlError } from './controlError.ts';
import { movePayment, type PaymentAction } from './movePayment.ts';
import { parseControlBody } from './parseControlBody.ts';

/** Needs of the control endpoints. */
export interface ControlContext {
  account: LocalAccount;
  apiFaults: ApiFaults;
  operationCounts: OperationCounts;
  violations: readonly ContractViolation[];
  webhooks: WebhookQueue;
  /** Resets the stand-in to its initial state. */
  reset(): void;
}

type Handler = (context: ControlContext, body: string, id: string) => object | Promise<object>;

/** Handlers by method and path; `:id` stands for one segment of the path. */
const HANDLERS: Readonly<Record<string, Handler>> = {
  'GET /_local/health': () => ({ ok: true, stripe: stripePackageVersion, apiVersion: stripeApiVersion }),
  'GET /_local/operations': ({ operationCounts, violations }) => ({
    operations: operationCounts.list(),
    violations: violations.map(({ message }) => message),
  }),
  'POST /_local/reset': ({ reset }) => {
    reset();
    return { ok: true };
  },
  'POST /_local/clock/advance': ({ account }, body) => {
    account.clock.advance(parseControlBody<{ seconds: number }>('advanceClock', body).seconds);
    expireDueSessions(account);
    runDueWork(account);
    return { now: account.clock.nowSeconds() };
  },
  'GET /_local/faults': ({ apiFaults }) => ({ faults: apiFaults.list() }),
  'POST /_local/faults': ({ apiFaults }, body) => addFault(apiFaults, body),
  'POST /_local/payments/:id': ({ account }, body, id) => {
    const { action, outcome } = parseControlBody<{ action?: PaymentAction; outcome?: PaymentAction }>('payment', body);
    const chosen = action ?? outcome;
    if (!chosen) throw new ControlError(400, 'Missing required param: action.', 'action');
    return movePayment(account, id, chosen);
  },
  'GET /_local/webhooks': ({ webhooks }) => ({
    pending: webhooks.pendingCount,
    faults: webhooks.faults.current,
    deliveries: webhooks.list(),
  }),
  'POST /_local/webhooks': ({ webhooks }, body) => {
    type Settings = WebhookFaultSettings & { reset?: true; url?: string };
    const { reset, url, ...change } = parseControlBody<Settings>('webhooks', body);
    if (url !== undefined) webhooks.moveTo(url);
    if (reset) webhooks.faults.reset();
    webhooks.faults.apply(change);
    return { faults: webhooks.faults.current };
  },
  'POST /_local/webhooks/flush': async ({ webhooks }, body) => {
    const { timeoutMs } = parseControlBody<{ timeoutMs: number }>('flush', body);
    if (await webhooks.flush(timeoutMs)) return { pending: 0 };
    throw new ControlError(504, `After ${timeoutMs} ms ${webhooks.pendingCount} deliveries are still pending.`);
  },
  'POST /_local/webhooks/resend': ({ account, webhooks }, body) => {
    const { eventId } = parseControlBody<{ eventId: string }>('resend', body);
    const event = account.events.find(eventId);
    if (!event) throw new ControlError(404, `Event ${eventId} does not exist.`, 'eventId');
    webhooks.resend(event);
    return { pending: webhooks.pendingCount };
  },
};

/**
 * Answers a request to `/_local/…`.
 *
 * @throws ContractViolation when the stand-in has a bug
 */
export async function handleControlRequest(
  method: string,
  path: string,
  body: string,
  context: ControlContext,
): Promise<Reply> {
  try {
    const [handler, id] = findHandler(method, path);
    return { status: 200, body: await handler(context, body, id) };
  } catch (error) {
    return errorReply(error);
  }
}

function findHandler(method: string, path: string): [Handler, string] {
  const exact = HANDLERS[`${method} ${path}`];
  if (exact) return [exact, ''];
  const cut = path.lastIndexOf('/');
  const withId = HANDLERS[`${method} ${path.slice(0, cut)}/:id`];
  if (withId) return [withId, path.slice(cut + 1)];
  const known = Object.keys(HANDLERS).join(', ');
  throw new ControlError(404, `${method} ${path} does not exist. These endpoints exist: ${known}.`);
}

function addFault(apiFaults: ApiFaults, body: string): object {
  const fault = parseControlBody<{
    clear?: true;
    method?: string;
    path?: string;
    status?: number;
    hang?: true;
    reset?: true;
    afterEffect?: boolean;
    times?: number;
  }>('faults', body);
  if (fault.clear) apiFaults.clear();
  if (!fault.clear || fault.path !== undefined) {
    if (fault.path === undefined) throw new ControlError(400, 'Missing required param: path.', 'path');
    apiFaults.add({
      ...(fault.method && { method: fault.method }),
      path: fault.path,
      effect: requireEffect(fault),
      afterEffect: fault.afterEffect ?? false,
      timesLeft: fault.times ?? 1,
    });
  }
  return { faults: apiFaults.list() };
}

function requireEffect(fault: { status?: number; hang?: true; reset?: true }): FaultEffect {
  const effects: FaultEffect[] = [];
  if (fault.status !== undefined) effects.push({ kind: 'status', status: fault.status });
  if (fault.hang) effects.push({ kind: 'hang' });
  if (fault.reset) effects.push({ kind: 'reset' });
  const [effect] = effects;
  if (effect && effects.length === 1) return effect;
  throw new ControlError(400, 'Exactly one of status, hang and reset is required.', 'status');
}

function errorReply(error: unknown): Reply {
  if (error instanceof ContractViolation) throw error;
  if (error instanceof ControlError) {
    return { status: error.status, body: { error: { message: error.message, field: error.field } } };
  }
  // The payment code throws errors for API answers. For a control request such an error is a conflict with the state.
  if (error instanceof StripeError) return { status: 409, body: { error: { message: error.message } } };
  console.error(error);
  return { status: 500, body: { error: { message: `Bug in the local Stripe: ${String(error)}` } } };
}
