import { invalidField } from '@cloud-bridge/base';
import type { Request } from 'express';
import { malformedJson, unsupportedMediaType } from './http.errors.ts';
import { bytesOf, type ReceivedBody } from './rawBodies.ts';

/** The accepted content types. JSON is UTF-8 (RFC 8259), so other charsets are refused. */
const JSON_TYPE = /^application\/json\s*(;\s*charset="?utf-?8"?\s*)?$/i;

/**
 * Parses the body as JSON; a missing body counts as `{}`. Refuses a field named `__proto__` at any depth, before
 * anything can be copied from the body.
 * @throws UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE, MALFORMED_JSON, INVALID_REQUEST for a forbidden field name
 */
export function readJsonBody(request: Request, body: ReceivedBody): unknown {
  const raw = bytesOf(body);
  if (raw.length === 0) return {};
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') throw unsupportedMediaType();
  if (!JSON_TYPE.test(request.headers['content-type'] ?? '')) throw unsupportedMediaType();
  return parseJson(raw);
}

function parseJson(raw: Buffer): unknown {
  let forbidden: string | null = null;
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw), (key, value) => {
      if (key === '__proto__') forbidden = key;
      return value;
    });
  } catch {
    throw malformedJson();
  }
  if (forbidden) throw invalidField(forbidden, 'is not allowed as a field name');
  return parsed;
}
