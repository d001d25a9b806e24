import * as z from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { ERRORS, type ErrorCode } from '../errors/errorRegistry.ts';
import { type Access, type AnyRoute, isRefusedWhileFrozen } from './route.ts';
import { errorSchema } from './schemas.ts';

type Codes = readonly ErrorCode[];

/** Errors that any route may answer with. */
const COMMON_ERRORS: Codes = ['INTERNAL', 'TEMPORARILY_UNAVAILABLE', 'WALLET_BUSY', 'IDENTITY_UNAVAILABLE'];
/** Errors of routes that require a credential; all are answered with 401. */
const CREDENTIAL_ERRORS: Codes = [
  'CREDENTIAL_MISSING',
  'CREDENTIAL_INVALID',
  'CREDENTIAL_AMBIGUOUS',
  'CREDENTIAL_EXPIRED',
  'CREDENTIAL_REVOKED',
  'ACCOUNT_DELETED',
];
const CALLER_ERRORS: Readonly<Record<Access['to'], Codes>> = {
  public: [],
  account: ['CREDENTIAL_NOT_ALLOWED', 'ADDRESS_NOT_ALLOWED', 'RATE_LIMITED'],
  admin: ['ADMIN_REQUIRED', 'RATE_LIMITED'],
  key: ['SCOPE_MISSING', 'ADDRESS_NOT_ALLOWED', 'RATE_LIMITED'],
};
const FROZEN_ERRORS: Codes = ['ACCOUNT_FROZEN'];
const CHANGE_ERRORS: Codes = ['MAINTENANCE'];
const BODY_ERRORS: Codes = [
  'INVALID_REQUEST',
  'MALFORMED_JSON',
  'MALFORMED_REQUEST',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
];
const INPUT_ERRORS: Codes = ['INVALID_REQUEST'];

const SECURITY: Record<Access['to'], NonNullable<ZodOpenApiOperationObject['security']>> = {
  public: [],
  account: [{ idToken: [] }, { managementKey: [] }],
  admin: [{ idToken: [] }],
  key: [{ apiKey: [] }, { apiKeyAsBearer: [] }, { idToken: [] }, { managementKey: [] }],
};

/** Builds the OpenAPI 3.1 document of declared routes. */
export function openApiDocument(routes: readonly AnyRoute[]): ReturnType<typeof createDocument> {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of routes) {
    const path = `/api${route.path.replaceAll(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [route.method]: operationOf(route) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Cloud Bridge Billing',
      version: '1',
      description:
        'Prepaid credits: sell packs of credits, spend credits with API keys, read the ledger. Credits and money are ' +
        'whole numbers; times are in UTC.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '../', description: 'The server of this document' }],
    paths: paths as ZodOpenApiPathsObject,
    components: {
      securitySchemes: {
        apiKey: {
          type: 'apiKey',
          in: 'header',
          name: 'x-api-key',
          description: 'An API key, beginning with ndsp_live_ or ndsp_test_',
        },
        apiKeyAsBearer: { type: 'http', scheme: 'bearer', description: 'An API key as a bearer token' },
        managementKey: { type: 'http', scheme: 'bearer', description: 'A management key, beginning with mk_' },
        idToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: "A Firebase ID token; for operators' routes, of a user with the claim `admin`",
        },
      },
    },
  });
}

/** Converts a path to a part of a name: `/billing/orders/:id` to `BillingOrdersId`. */
function camelCased(path: string): string {
  return path.replaceAll(/[/.:]+(\w)/g, (_match, letter: string) => letter.toUpperCase());
}

function operationOf(route: AnyRoute): ZodOpenApiOperationObject {
  const success = route.status ?? 200;
  return {
    operationId: `${route.method}${camelCased(route.path)}`,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description && { description: route.description }),
    security: SECURITY[route.access.to],
    requestParams: {
      ...(route.params && { path: route.params }),
      ...(route.query && { query: route.query }),
      ...(route.method === 'post' && { header: z.object({ 'Idempotency-Key': idempotencyKeyHeader }) }),
    },
    ...(route.body && { requestBody: { content: { 'application/json': { schema: route.body } }, required: true } }),
    responses: {
      [success]: {
        description: 'Success',
        content: { [route.produces ?? 'application/json']: { schema: route.response } },
      },
      ...errorResponses(errorsOf(route)),
    },
  };
}

const idempotencyKeyHeader = z
  .string()
  .optional()
  .meta({
    description:
      'A request that is repeated with the same key takes effect only once. A key belongs to one request of an ' +
      'account to one address and wallet; use a new key for every new request.',
    example: 'order-4711-share-1',
  });

/** Returns the error codes that a route may answer with, by status. */
function errorsOf(route: AnyRoute): Map<number, Set<ErrorCode>> {
  const { access } = route;
  const byStatus = new Map<number, Set<ErrorCode>>();
  const add = (status: number, code: ErrorCode) => {
    byStatus.set(status, (byStatus.get(status) ?? new Set()).add(code));
  };
  if (access.to !== 'public') for (const code of CREDENTIAL_ERRORS) add(401, code);
  const codes = [
    ...COMMON_ERRORS,
    ...CALLER_ERRORS[access.to],
    ...(isRefusedWhileFrozen(route) ? FROZEN_ERRORS : []),
    ...(route.method === 'get' ? [] : CHANGE_ERRORS),
    ...(route.body ? BODY_ERRORS : INPUT_ERRORS),
    ...(route.errors ?? []),
  ];
  for (const code of codes) add(ERRORS[code].status, code);
  return byStatus;
}

function errorResponses(byStatus: Map<number, Set<ErrorCode>>) {
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: [...codes].map((code) => `- \`${code}\`: ${ERRORS[code].title}`).join('\n'),
        content: { 'application/json': { schema: errorSchema } },
      },
    ]),
  );
}
