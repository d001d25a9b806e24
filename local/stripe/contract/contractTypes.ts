// The types of the contract, which is derived from the types of the `stripe` package.

/** The part of JSON Schema that the contract uses. */
export interface JsonSchema {
  $ref?: string;
  type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null';
  const?: string | number | boolean;
  enum?: string[];
  /** Marks an enum that may have other values: Stripe may add values without a new API version. */
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

/** One method of the SDK: its request, and Stripe's answer with status 200. */
export interface Operation {
  /** For example `RefundResource.create`. */
  operationId: string;
  /** Schema of the form body of a POST. */
  requestBody?: { content: { 'application/x-www-form-urlencoded': { schema: JsonSchema } } };
  /** Schema of the query string of a GET or DELETE, as one object. */
  'x-query-schema'?: JsonSchema;
  responses: { 200: { content: { 'application/json': { schema: JsonSchema } } } };
}

/** HTTP methods that the SDK uses, in lower case as in OpenAPI. */
export type HttpMethod = 'get' | 'post' | 'delete';

/** A description in OpenAPI 3.1 format of the operations and events that a payments backend needs. */
export interface Contract {
  openapi: '3.1.0';
  info: { title: string; version: string };
  paths: Record<string, Partial<Record<HttpMethod, Operation>>>;
  /** Schemas of events, by event type such as `charge.refunded`. */
  'x-events': Record<string, JsonSchema>;
  components: { schemas: Record<string, JsonSchema> };
}

/** Beginning of the references to components of a contract. */
export const COMPONENT_PREFIX = '#/components/schemas/';
