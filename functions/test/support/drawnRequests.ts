import * as fc from 'fast-check';
import { BUILT_IN_CATALOGS } from '../../src/catalog/builtInCatalogs.ts';
import { routes } from '../../src/main/app.ts';
import { openApiDocument } from '../../src/platform/http/openApiDocument.ts';
import type { AnyRoute } from '../../src/platform/http/route.ts';
import { type Drawing, type JsonSchema, valuesOf } from './requestValues.ts';
import { HOSTING_URL } from './suite.ts';

interface Parameter {
  readonly in: string;
  readonly name: string;
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

/** An operation of the API's OpenAPI document. */
export interface Operation {
  readonly name: string;
  readonly method: string;
  /** Path below `/api`, with parameters as `{id}`. */
  readonly path: string;
  readonly access: AnyRoute['access'];
  readonly parameters: readonly Parameter[];
  readonly body: JsonSchema | null;
}

/** A request without a credential. */
export interface DrawnRequest {
  readonly method: string;
  readonly path: string;
  readonly idempotencyKey?: string;
  readonly body?: unknown;
  readonly rawBody?: string;
}

const document = openApiDocument(routes);
const schemas = (document.components?.schemas ?? {}) as Drawing['schemas'];

const { operations: priced, packs, plans } = BUILT_IN_CATALOGS['cloud-bridge'];
/** Names in the catalog, and URLs of the shop's pages, which random drawing would never find. */
const KNOWN: Drawing['known'] = {
  operation: Object.keys(priced),
  pack: packs.map(({ key }) => key),
  planSlug: plans.map(({ slug }) => slug),
  currency: ['usd', 'eur', 'gbp'],
  ...Object.fromEntries(['successUrl', 'cancelUrl', 'returnUrl'].map((name) => [name, [`${HOSTING_URL}/done`]])),
};

/** Returns every operation of the API, in the order of the routes' declarations. */
export const operations: readonly Operation[] = routes.map((route) => {
  const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
  const described = document.paths?.[`/api${path}`]?.[route.method] as unknown as {
    parameters?: readonly Parameter[];
    requestBody?: { content: { 'application/json': { schema: JsonSchema } } };
  };
  return {
    name: `${route.method.toUpperCase()} ${path}`,
    method: route.method.toUpperCase(),
    path,
    access: route.access,
    parameters: described.parameters ?? [],
    body: described.requestBody?.content['application/json'].schema ?? null,
  };
});

/** Path segments, as sent, that aren't valid ids. */
const STRANGE_SEGMENTS = [
  '%00',
  '%E0%A4%A',
  '..%2f..%2faccounts',
  '__proto__',
  'constructor',
  '%C3%A9',
  '*',
  'x'.repeat(129),
];
const STRANGE_BODIES = ['', 'null', '[]', '"text"', '{"a":', '{"__proto__":{"a":1}}', '\u0000', `${'['.repeat(5_000)}`];

/** Draws requests to an operation: valid by its description, or in the wild mode partly invalid. */
export function requestsTo(operation: Operation, options: Pick<Drawing, 'ids' | 'wild'>): fc.Arbitrary<DrawnRequest> {
  const drawing: Drawing = { ...options, schemas, known: KNOWN };
  return fc
    .record({
      path: pathsOf(operation, drawing),
      query: queriesOf(operation, drawing),
      idempotencyKey: idempotencyKeysOf(operation, drawing),
      payload: payloadsOf(operation, drawing),
    })
    .map(({ path, query, idempotencyKey, payload }) => ({
      method: operation.method,
      path: query === '' ? path : `${path}?${query}`,
      ...(idempotencyKey !== null && { idempotencyKey }),
      ...payload,
    }));
}

function pathsOf({ path, parameters }: Operation, { ids, wild }: Drawing): fc.Arbitrary<string> {
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  const known = fc.constantFrom(...ids.values);
  const segments = inPath.map(({ schema }) =>
    ids.always
      ? known
      : fc.oneof(
          { weight: 6, arbitrary: known },
          { weight: 1, arbitrary: fc.stringMatching(new RegExp(schema.pattern ?? '^x$')).map(segmentOf) },
          ...(wild ? [{ weight: 1, arbitrary: fc.constantFrom(...STRANGE_SEGMENTS) }] : []),
        ),
  );
  return fc
    .tuple(...segments)
    .map((drawn) => inPath.reduce((text, { name }, index) => text.replace(`{${name}}`, drawn[index] ?? ''), path));
}

/** Encodes a path segment, even one with half of a surrogate pair. */
function segmentOf(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function queriesOf({ parameters }: Operation, drawing: Drawing): fc.Arbitrary<string> {
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  const properties = Object.fromEntries(inQuery.map(({ name, schema }) => [name, schema]));
  const required = inQuery.filter((parameter) => parameter.required).map(({ name }) => name);
  return valuesOf({ type: 'object', properties, required }, drawing).map((query) => {
    const pairs = Object.entries(query !== null && typeof query === 'object' ? query : {});
    return String(new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, asText(value)])));
  });
}

/** Returns the text of any value, even of an object without a prototype. */
function asText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function idempotencyKeysOf({ method }: Operation, { wild }: Drawing): fc.Arbitrary<string | null> {
  if (method !== 'POST') return fc.constant(null);
  const few = fc.constantFrom('key-1', 'key-2', 'key-3');
  const strange = fc.constantFrom('é', 'x'.repeat(256), '~');
  return wild
    ? fc.oneof(
        { weight: 6, arbitrary: fc.constant(null) },
        { weight: 3, arbitrary: few },
        { weight: 1, arbitrary: strange },
      )
    : fc.constant(null);
}

function payloadsOf(
  { method, body }: Operation,
  drawing: Drawing,
): fc.Arbitrary<Pick<DrawnRequest, 'body' | 'rawBody'>> {
  if (method === 'GET') return fc.constant({});
  const proper = body ? valuesOf(body, drawing).map((value) => ({ body: value })) : fc.constant({});
  if (!drawing.wild) return proper;
  const strange = fc.constantFrom(...STRANGE_BODIES).map((rawBody) => ({ rawBody }));
  return fc.oneof({ weight: 12, arbitrary: proper }, { weight: 1, arbitrary: strange });
}
