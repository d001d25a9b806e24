import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { COMPONENT_PREFIX, type JsonSchema } from './contractTypes.ts';
import { type ContractError, describeErrors } from './describeErrors.ts';
import { type FoundOperation, findOperation } from './findOperation.ts';
import { loadContract } from './loadContract.ts';

export type { ContractError } from './describeErrors.ts';

/** Result of checking a request against the contract. */
export interface CheckedRequest {
  errors: ContractError[];
  /** The parameters, converted from the strings of the form to the types of the contract. */
  params: Record<string, unknown>;
  /** The operation that the request calls; undefined, with an error, if Stripe has no such operation. */
  found: FoundOperation | undefined;
}

const CONTRACT_KEY = 'contract';
let requestAjv: Ajv2020 | undefined;
let responseAjv: Ajv2020 | undefined;
const compiled = new Map<JsonSchema, ValidateFunction>();

/**
 * Checks the parameters of a call against the contract, and converts form strings to the contract's types.
 *
 * @param path path of the request without the query
 * @param params the decoded form body or query; not changed
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
 * Returns the errors of a call's parameters: unknown or missing parameters, wrong types, and values outside an enum.
 *
 * @param params the decoded form body or query
 */
export function validateRequest(method: string, path: string, params: Record<string, unknown>): ContractError[] {
  return checkRequest(method, path, params).errors;
}

/** Returns the errors of the body of an answer with status 200. */
export function validateResponse(method: string, path: string, body: unknown): ContractError[] {
  const found = findOperation(method, path);
  if (!found) return [unknownOperation(method, path)];
  responseAjv ??= createAjv({ coerceTypes: false });
  return run(responseAjv, found.operation.responses[200].content['application/json'].schema, body);
}

/** Returns the errors of an event that is sent to a webhook. */
export function validateEvent(event: unknown): ContractError[] {
  const type = typeof event === 'object' && event !== null && 'type' in event ? String(event.type) : '';
  const schema = loadContract()['x-events'][type];
  if (!schema) return [{ kind: 'invalidValue', path: 'type', message: `Unknown event type: ${type || '(none)'}` }];
  responseAjv ??= createAjv({ coerceTypes: false });
  return run(responseAjv, schema, event);
}

/**
 * Loads the contract and compiles the schemas that every call needs, so that the first call isn't slow.
 *
 * @throws Error when the contract cannot be derived
 */
export function warmUp(): void {
  validateResponse('GET', '/v1/events', {});
  validateEvent({ type: 'checkout.session.completed' });
  validateRequest('POST', '/v1/checkout/sessions', {});
}

function createAjv({ coerceTypes }: { coerceTypes: boolean }): Ajv2020 {
  // Nearly all time goes into compiling, because each validator runs only a few times. So the code isn't optimized.
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

/** Validates data. Schemas are compiled on first use, because compiling a response takes most of a second. */
function run(ajv: Ajv2020, schema: JsonSchema, data: unknown): ContractError[] {
  const validate = compiled.get(schema) ?? ajv.compile(absolute(schema));
  compiled.set(schema, validate);
  return validate(data) ? [] : describeErrors(validate.errors ?? []);
}

/** Makes the references of a schema absolute: inside an operation they are relative to the contract. */
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
