import type { Deliveries } from './deliveries.ts';
import { FAULT_MODES, FAULT_TARGETS, type Fault, type Faults } from './faults.ts';
import type { Reply } from './reply.ts';

/** Needs of the control endpoints. */
export interface ControlContext {
  readonly deliveries: Deliveries;
  readonly faults: Faults;
  readonly nowMs: () => number;
}

const MAX_TIMES = 1_000_000;
const FIELDS = ['mode', 'on', 'recipient', 'times', 'clear'];

/** Answers a control request, by which tests and people change the stand-in. Bodies are JSON, without a signature. */
export function handleControlRequest(method: string, path: string, body: string, context: ControlContext): Reply {
  const { deliveries, faults, nowMs } = context;
  const completed = /^\/_local\/deliveries\/([\w-]+)\/complete$/.exec(path)?.[1];
  if (method === 'POST' && completed) {
    const state = deliveries.complete(completed, nowMs());
    return state ? ok(state) : wrong(404, 'This delivery does not exist.');
  }
  switch (`${method} ${path}`) {
    case 'GET /_local/health':
      return ok({ ok: true });
    case 'GET /_local/deliveries':
      return ok({ deliveries: deliveries.list().map(shown) });
    case 'GET /_local/faults':
      return ok({ faults: faults.list() });
    case 'POST /_local/faults':
      return changeFaults(body, faults);
    case 'POST /_local/reset':
      deliveries.clear();
      faults.clear();
      return ok({ ok: true });
    default:
      return wrong(404, `${method} ${path} does not exist.`);
  }
}

/** Returns a delivery without its payload, because a payload may have a password. */
function shown({ order, state, requests, effects }: ReturnType<Deliveries['list']>[number]) {
  const { payload, ...rest } = order;
  return { ...rest, status: state.status, requests, effects };
}

function changeFaults(body: string, faults: Faults): Reply {
  const fault = readFault(body);
  if (typeof fault === 'string') return wrong(400, fault);
  if (fault === null) faults.clear();
  else faults.add(fault);
  return ok({ faults: faults.list() });
}

/** Reads a fault from a body; returns null to clear all faults, or an error message. */
function readFault(body: string): Fault | null | string {
  const fields = parse(body);
  if (fields === undefined) return 'The body must be a JSON object.';
  const unknown = Object.keys(fields).find((name) => !FIELDS.includes(name));
  if (unknown) return `${unknown} is not known here`;
  if (fields.clear === true) return null;
  const { mode, on = 'deliver', recipient = null, times = 1 } = fields as Partial<Fault> & { times?: number };
  if (!FAULT_MODES.includes(mode as never)) return `mode must be one of ${FAULT_MODES.join(', ')}`;
  if (!FAULT_TARGETS.includes(on)) return `on must be one of ${FAULT_TARGETS.join(', ')}`;
  if (recipient !== null && typeof recipient !== 'string') return 'recipient must be a string';
  if (!Number.isInteger(times) || times < 1 || times > MAX_TIMES) return `times must be 1 to ${MAX_TIMES}`;
  return { mode: mode as Fault['mode'], on, recipient, timesLeft: times };
}

function parse(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function ok(body: object): Reply {
  return { status: 200, body };
}

function wrong(status: number, message: string): Reply {
  return { status, body: { error: { message } } };
}
