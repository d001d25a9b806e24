import type { Request } from 'express';
import { invalidField } from '../shared/appError.ts';
import { malformedJson, unsupportedMediaType } from './http.errors.ts';
import { readRawBody } from './rawBodies.ts';

/** No request of this API needs more. */
const MAX_BODY_BYTES = 256 * 1024;

/**
 * The body as JSON; a missing one counts as `{}`. Throws 400 `MALFORMED_JSON`, 413 or 415.
 * A field named `__proto__` is refused wherever it stands, before anything can be copied from it.
 */
export async function readJsonBody(request: Request): Promise<unknown> {
  const raw = await readRawBody(request, MAX_BODY_BYTES);
  if (raw.length === 0) return {};
  if (!request.is('application/json') && !/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw unsupportedMediaType();
  }
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
