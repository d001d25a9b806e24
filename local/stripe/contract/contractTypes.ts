/** The part of JSON Schema that Stripe's types need. */
export interface JsonSchema {
  $ref?: string;
  type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null';
  const?: string | number | boolean;
  enum?: string[];
  /** The types allow other values too: Stripe may add some in a release that keeps the API version. */
  'x-open-enum'?: true;
  pattern?: string;
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  discriminator?: { propertyName: string };
}

/** One method of the SDK: what it sends and what Stripe answers with status 200. */
export interface Operation {
  /** For example `RefundResource.create`. */
  operationId: string;
  /** Form body of a POST. */
  requestBody?: { content: { 'application/x-www-form-urlencoded': { schema: JsonSchema } } };
  /** Query string of a GET or DELETE, as one object. */
  'x-query-schema'?: JsonSchema;
  responses: { 200: { content: { 'application/json': { schema: JsonSchema } } } };
}

/** HTTP methods that the SDK uses, in lower case as in OpenAPI. */
export type HttpMethod = 'get' | 'post' | 'delete';

/** An OpenAPI-3.1-shaped description of the operations and events that a payments backend needs. */
export interface Contract {
  openapi: '3.1.0';
  info: { title: string; version: string };
  paths: Record<string, Partial<Record<HttpMethod, Operation>>>;
  /** Event type, for example `charge.refunded`, to the schema of the whole event. */
  'x-events': Record<string, JsonSchema>;
  components: { schemas: Record<string, JsonSchema> };
}

/** Where the components live inside a contract. */
export const COMPONENT_PREFIX = '#/components/schemas/';
