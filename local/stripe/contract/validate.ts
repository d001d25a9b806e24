import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { COMPONENT_PREFIX, type JsonSchema } from './contractTypes.ts';
import { type ContractError, describeErrors } from './describeErrors.ts';
import { type FoundOperation, findOperation } from './findOperation.ts';
import { loadContract } from './loadContract.ts';

export type { ContractError } from './describeErrors.ts';

/** What a request turned out to be. */
export interface CheckedRequest {
  errors: ContractError[];
  /** The parameters with the contract's types: a form has only strings. */
  params: Record<string, unknown>;
  /** Undefined when there is no such operation, which `errors` then says. */
  found: FoundOperation | undefined;
}

const CONTRACT_KEY = 'contract';
let requestAjv: Ajv2020 | undefined;
let responseAjv: Ajv2020 | undefined;
const compiled = new Map<JsonSchema, ValidateFunction>();

/**
 * Checks the parameters of a call against the contract, reading form strings as the types that they stand for.
 *
 * @param path as requested, without a query
 * @param params the decoded form body or query; it is not changed
 */
export function checkRequest(method: string, path: string, params: Record<string, unknown>): CheckedRequest {
  const found = findOperation(method, path);
  const coerced = structuredClone(params);
  if (!found) return { errors: [unknownOperation(method, path)], params: coerced, found };
  const { operation } = found;
  const schema =
    operation.requestBody?.content['application/x-www-form-urlencoded'].schema ?? operation['x-query-schema'];
  if (!schema) return { errors: refuseAll(coerced), params: coerced, found };
  requestAjv ??= createAjv({ coerceTypes: true });
  return { errors: run(requestAjv, schema, coerced), params: coerced, found };
}

/**
 * Errors of a call's parameters: unknown or missing ones, wrong types, values that are not in an enum.
 *
 * @param params the decoded form body or query
 */
export function validateRequest(method: string, path: string, params: Record<string, unknown>): ContractError[] {
  return checkRequest(method, path, params).errors;
}

/** Errors of the body that answered a call with status 200. */
export function validateResponse(method: string, path: string, body: unknown): ContractError[] {
  const found = findOperation(method, path);
  if (!found) return [unknownOperation(method, path)];
  responseAjv ??= createAjv({ coerceTypes: false });
  return run(responseAjv, found.operation.responses[200].content['application/json'].schema, body);
}

/** Errors of an event as it is sent to a webhook. */
export function validateEvent(event: unknown): ContractError[] {
  const type = typeof event === 'object' && event !== null && 'type' in event ? String(event.type) : '';
  const schema = loadContract()['x-events'][type];
  if (!schema) return [{ kind: 'invalidValue', path: 'type', message: `Unknown event type: ${type || '(none)'}` }];
  responseAjv ??= createAjv({ coerceTypes: false });
  return run(responseAjv, schema, event);
}

/**
 * Loads the contract and compiles what every call needs, so that the first call is not slow.
 *
 * @throws when the contract cannot be derived
 */
export function warmUp(): void {
  validateResponse('GET', '/v1/events', {});
  validateEvent({ type: 'checkout.session.completed' });
  validateRequest('POST', '/v1/checkout/sessions', {});
}

function createAjv({ coerceTypes }: { coerceTypes: boolean }): Ajv2020 {
  // Compiling is nearly all the cost, for each validator runs only a few times: optimising it would not pay.
  const ajv = new Ajv2020({
    allErrors: true,
    coerceTypes,
    discriminator: true,
    strict: false,
    code: { optimize: false },
  });
  ajv.addSchema(loadContract(), CONTRACT_KEY);
  return ajv;
}

/** Compiling the object graph of a response takes most of a second, once; hence only on first use. */
function run(ajv: Ajv2020, schema: JsonSchema, data: unknown): ContractError[] {
  const validate = compiled.get(schema) ?? ajv.compile(absolute(schema));
  compiled.set(schema, validate);
  return validate(data) ? [] : describeErrors(validate.errors ?? []);
}

/** References inside an operation are relative to the contract, which ajv knows by its key. */
function absolute(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll(`"${COMPONENT_PREFIX}`, `"${CONTRACT_KEY}${COMPONENT_PREFIX}`));
}

function unknownOperation(method: string, path: string): ContractError {
  return {
    kind: 'unknownOperation',
    path: '',
    message: `Unrecognized request URL (${method.toUpperCase()}: ${path}).`,
  };
}

function refuseAll(params: Record<string, unknown>): ContractError[] {
  return Object.keys(params).map((path) => ({
    kind: 'unknownParameter',
    path,
    message: `Received unknown parameter: ${path}`,
  }));
}
