import { isShallow } from '@cloud-bridge/base';
import * as z from 'zod';
import type { UpstreamRefusal, UpstreamState, UpstreamTrouble } from './upstream.ts';

const MAX_CODE_LENGTH = 60;
const MAX_MESSAGE_LENGTH = 300;
/** Deepest nesting of a result. A deeper result is left out, because writing it as JSON could overflow the stack. */
const MAX_RESULT_DEPTH = 50;

/** Statuses for an unknown deployment or path. The caller can't mend these. */
const MISDIRECTED = [401, 403, 404, 405];

const bounded = (maxLength: number) => z.string().transform((text) => text.slice(0, maxLength).toWellFormed());
const refusalSchema = z.object({ code: bounded(MAX_CODE_LENGTH), message: bounded(MAX_MESSAGE_LENGTH) });

const stateSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('delivered'), result: z.unknown().optional() }),
  z.object({ status: z.literal('failed'), error: refusalSchema }),
  z.object({ status: z.literal('pending') }),
]);

/** A response as received; the body is null if it was too large. */
export interface RawAnswer {
  readonly httpStatus: number;
  readonly body: string | null;
}

/** Interprets a response: by the service's statement on the delivery if there is one, otherwise by the HTTP status. */
export function readAnswer({ httpStatus, body }: RawAnswer): UpstreamState | UpstreamTrouble {
  const json = parse(body);
  const state = stateSchema.safeParse(json);
  const isOk = httpStatus >= 200 && httpStatus < 300;
  const isRefusal = httpStatus >= 400 && httpStatus < 500;
  if (state.success && (isOk || (isRefusal && state.data.status === 'failed'))) return stateOf(state.data);
  if (httpStatus === 429) return { type: 'throttled', refusal: refusalOf(json, httpStatus) };
  if (isRefusal) {
    const type = MISDIRECTED.includes(httpStatus) ? 'misdirected' : 'refused';
    return { type, refusal: refusalOf(json, httpStatus) };
  }
  const code = isOk ? 'MALFORMED_ANSWER' : httpStatus >= 500 ? 'SERVER_ERROR' : 'REDIRECT_REFUSED';
  return { type: 'brokenAnswer', refusal: { code, message: `The service answered ${httpStatus}.` } };
}

function stateOf(state: z.output<typeof stateSchema>): UpstreamState {
  switch (state.status) {
    case 'delivered':
      return { type: 'delivered', result: isShallow(state.result, MAX_RESULT_DEPTH) ? (state.result ?? null) : null };
    case 'failed':
      return { type: 'failed', refusal: state.error };
    case 'pending':
      return { type: 'pending' };
  }
}

function refusalOf(json: unknown, httpStatus: number): UpstreamRefusal {
  const said = z.object({ error: refusalSchema }).safeParse(json);
  return said.success
    ? said.data.error
    : { code: `HTTP_${httpStatus}`, message: `The service answered ${httpStatus}.` };
}

function parse(body: string | null): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch {
    return undefined;
  }
}
