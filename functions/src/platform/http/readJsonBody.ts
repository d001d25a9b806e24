import { invalidField } from '@cloud-bridge/base';
import type { Request } from 'express';
import { malformedJson, unsupportedMediaType } from './http.errors.ts';
import { bytesOf, type ReceivedBody } from './rawBodies.ts';

/** JSON is UTF-8 (RFC 8259); a charset that says otherwise is refused. */
const JSON_TYPE = /^application\/json\s*(;\s*charset="?utf-?8"?\s*)?$/i;

/**
 * The body as JSON; a missing one counts as `{}`. A field named `__proto__` is refused wherever it stands, before
 * anything can be copied from it.
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
