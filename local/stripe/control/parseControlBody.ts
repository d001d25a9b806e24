import { Ajv2020 } from 'ajv/dist/2020.js';
import { describeErrors } from '../contract/describeErrors.ts';
import { ControlError } from './controlError.ts';
import { PAYMENT_ACTIONS } from './movePayment.ts';

const ajv = new Ajv2020({ allErrors: true, useDefaults: true, allowUnionTypes: true });

// The schemas are constants, because ajv remembers a compiled schema by its object.
const object = (fields: object): object => ({ type: 'object', additionalProperties: false, ...fields });
const integer = (minimum: number, maximum: number): object => ({ type: 'integer', minimum, maximum });

const schemas = {
  advanceClock: object({
    required: ['seconds'],
    properties: { seconds: integer(0, 10 * 365 * 24 * 60 * 60) },
  }),
  faults: object({
    properties: {
      clear: { const: true },
      method: { enum: ['GET', 'POST', 'DELETE'] },
      path: { type: 'string', pattern: '^/v1/' },
      status: integer(400, 599),
      hang: { const: true },
      reset: { const: true },
      afterEffect: { type: 'boolean' },
      times: integer(1, 1_000_000),
    },
  }),
  flush: object({
    properties: { timeoutMs: { ...integer(0, 600_000), default: 30_000 } },
  }),
  payment: object({
    properties: {
      action: { enum: PAYMENT_ACTIONS },
      outcome: { enum: PAYMENT_ACTIONS },
    },
  }),
  resend: object({
    required: ['eventId'],
    properties: { eventId: { type: 'string' } },
  }),
  webhooks: object({
    properties: {
      concurrency: integer(1, 100),
      delayMs: integer(0, 600_000),
      drop: {
        anyOf: [integer(0, 1_000_000), { type: 'boolean' }, { type: 'array', items: { type: 'string' } }],
      },
      duplicate: { anyOf: [integer(0, 100), { type: 'boolean' }] },
      reset: { const: true },
      shuffle: { type: 'boolean' },
      url: { type: 'string', pattern: '^https?://' },
    },
  }),
} as const;

/**
 * Reads the JSON body of a control request. An empty body counts as an empty object.
 *
 * @throws ControlError 400 that names the invalid field
 */
export function parseControlBody<T>(name: keyof typeof schemas, body: string): T {
  const parsed = body.trim() === '' ? {} : parseJson(body);
  const validate = ajv.compile(schemas[name]);
  if (validate(parsed)) return parsed as T;
  const [error] = describeErrors(validate.errors ?? []);
  throw new ControlError(400, error?.message ?? 'Invalid body', error?.path || undefined);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new ControlError(400, 'The body is not valid JSON.');
  }
}
