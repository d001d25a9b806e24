import { type ContractError, checkRequest, validateResponse } from '../contract/validate.ts';
import { ContractViolation } from '../contractViolation.ts';
import { createId } from '../ids.ts';
import { stripeApiVersion } from '../installedStripe.ts';
import type { LocalAccount } from '../localAccount.ts';
import { includes } from '../resources/index.ts';
import type { ApiRoute } from './apiRoute.ts';
import { authenticate } from './authenticate.ts';
import { type ExpansionSource, expand, requireExpandable } from './expand.ts';
import type { IdempotencyKeys, KeyedRequest } from './idempotencyKeys.ts';
import type { OperationCounts } from './operationCounts.ts';
import { type ApiRequest, readParams } from './readParams.ts';
import type { Reply } from './reply.ts';
import { requireImplemented } from './requireImplemented.ts';
import { StripeError } from './stripeError.ts';

/** Needs of the code that answers API requests. */
export interface ApiContext {
  account: LocalAccount;
  idempotencyKeys: IdempotencyKeys;
  operationCounts: OperationCounts;
  secretKey: string;
  publicUrl: string;
  /** Called when the stand-in itself breaks the contract. */
  onViolation(violation: ContractViolation): void;
}

/** A call that has passed all checks and may run. */
interface CheckedCall {
  route: ApiRoute;
  /** Parameters, converted to the types of the contract. */
  params: Record<string, unknown>;
  expandPaths: string[];
  pathId: string;
  request: ApiRequest;
  requestId: string;
  idempotencyKey: string | undefined;
}

/** Answers a request to `/v1/…` as Stripe does. Never throws: errors become answers. */
export function handleApiRequest(request: ApiRequest, context: ApiContext): Reply {
  const requestId = createId('req_', 14);
  const reply = replyOf(context, () => answer(request, context, requestId));
  return { ...reply, headers: { 'request-id': requestId, 'stripe-version': stripeApiVersion, ...reply.headers } };
}

function answer(request: ApiRequest, context: ApiContext, requestId: string): Reply {
  if (!request.path.startsWith('/v1/')) throw unknownUrl(request);
  authenticate(request.headers.authorization, context.secretKey);
  const rawParams = readParams(request);
  const call = checkCall(request, rawParams, context, requestId);
  const { idempotencyKey: key } = call;
  const run = (): Reply => ({ status: 200, body: execute(call, context) });
  if (key === undefined) return run();
  const endpoint = `${request.method} ${request.path}`;
  return runOnce({ key, endpoint, params: rawParams, requestId }, context, run);
}

/** Makes the checks that Stripe makes before a call starts; their errors aren't remembered for the idempotency key. */
function checkCall(
  request: ApiRequest,
  rawParams: Record<string, unknown>,
  context: ApiContext,
  requestId: string,
): CheckedCall {
  const { found, errors, params } = checkRequest(request.method, request.path, rawParams);
  if (!found) throw unknownUrl(request);
  context.operationCounts.count(found);
  requireSupportedVersion(request.headers['stripe-version']);
  if (errors[0]) throw toStripeError(errors[0]);
  const route = requireImplemented(found, params);
  const expandPaths = (params.expand as string[] | undefined) ?? [];
  requireExpandable(found.operation, expandPaths);
  return {
    route,
    params,
    expandPaths,
    pathId: pathParameter(found.path, request.path),
    request,
    requestId,
    idempotencyKey: idempotencyKeyOf(request),
  };
}

/** Runs a call, or returns the remembered answer when the idempotency key was used before. */
function runOnce(request: KeyedRequest, context: ApiContext, run: () => Reply): Reply {
  const { account, idempotencyKeys } = context;
  const now = account.clock.nowSeconds();
  const first = idempotencyKeys.find(request, now);
  const headers = { 'idempotency-key': request.key, 'original-request': first?.requestId ?? request.requestId };
  if (first) return { ...first.reply, headers: { ...headers, 'idempotent-replayed': 'true' } };
  const reply = replyOf(context, run);
  idempotencyKeys.remember(request, reply, now);
  return { ...reply, headers };
}

function execute(call: CheckedCall, { account, publicUrl }: ApiContext): object {
  const { route, params, pathId, request, requestId, idempotencyKey } = call;
  const cause = { id: requestId, idempotency_key: idempotencyKey ?? null };
  const body = account.causedBy(cause, () => {
    return route.handle({ account, params, id: pathId, path: request.path, publicUrl });
  });
  const expanded = expand(body, call.expandPaths, expansionSource(account));
  const errors = validateResponse(request.method, request.path, expanded);
  if (errors.length > 0) throw new ContractViolation(`The answer to ${request.method} ${request.path}`, errors);
  return expanded;
}

function expansionSource(account: LocalAccount): ExpansionSource {
  return {
    find: (id) => account.find(id),
    include: (objectType, field, object) => includes[objectType]?.[field]?.(account, object as never),
  };
}

function idempotencyKeyOf({ method, headers }: ApiRequest): string | undefined {
  const key = headers['idempotency-key'];
  return method === 'POST' && typeof key === 'string' ? key : undefined;
}

function requireSupportedVersion(version: string | string[] | undefined): void {
  if (version === undefined || version === stripeApiVersion) return;
  throw StripeError.invalid(
    `The local Stripe has API version ${stripeApiVersion} of the installed package, not ${String(version)}.`,
  );
}

function unknownUrl({ method, path }: ApiRequest): StripeError {
  return new StripeError(404, 'invalid_request_error', `Unrecognized request URL (${method}: ${path}).`);
}

function toStripeError({ kind, path, message }: ContractError): StripeError {
  const code =
    kind === 'unknownParameter' ? 'parameter_unknown' : kind === 'missingParameter' ? 'parameter_missing' : undefined;
  return StripeError.invalid(message, { code, param: path || undefined });
}

function pathParameter(template: string, path: string): string {
  const index = template.split('/').indexOf('{id}');
  if (index < 0) return '';
  const segment = path.split('/')[index] ?? '';
  try {
    return decodeURIComponent(segment);
  } catch {
    throw StripeError.invalid(`Malformed path: ${segment}`);
  }
}

function replyOf(context: ApiContext, run: () => Reply): Reply {
  try {
    return run();
  } catch (error) {
    if (error instanceof StripeError) return { status: error.status, body: error.envelope };
    if (error instanceof ContractViolation) context.onViolation(error);
    else console.error(error);
    const message = error instanceof Error ? error.message : String(error);
    return { status: 500, body: new StripeError(500, 'api_error', `Bug in the local Stripe: ${message}`).envelope };
  }
}
