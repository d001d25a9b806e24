import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mayControl, TOKEN_MISSING } from '../controlToken.ts';
import { readBody } from '../readBody.ts';
import { handleControlRequest } from './control.ts';
import { Deliveries, type DeliveryState } from './deliveries.ts';
import { type FaultMode, Faults } from './faults.ts';
import { readOrder } from './readOrder.ts';
import type { Reply } from './reply.ts';
import { isSigned } from './signature.ts';

export interface LocalUpstreamOptions {
  /** The secret that requests have to be signed with. */
  readonly secret: string;
  /** What control requests have to show. */
  readonly controlToken: string;
  /** Unix time in milliseconds, for tests that need their own. */
  readonly nowMs?: () => number;
}

/** An upstream that can be started and stopped. */
export interface LocalUpstream {
  /**
   * @param port 0 for any that is free
   * @returns the port that it listens on, on 127.0.0.1 only
   * @throws Error `EADDRINUSE` when the port is taken
   */
  start(port: number): Promise<number>;
  /** Ends every connection at once. */
  stop(): Promise<void>;
}

/** `cut` breaks the connection, `silence` leaves the caller waiting until it gives up. */
type Answer = Reply | 'cut' | 'silence';

const HOST = '127.0.0.1';
/** More than the backend reads of any answer. */
const HUGE_BYTES = 8 * 1024 * 1024;

/** Creates an upstream that has delivered nothing yet. */
export function createLocalUpstream(options: LocalUpstreamOptions): LocalUpstream {
  const app = new App(options);
  let server: Server | undefined;
  return {
    async start(port) {
      // Idle connections are their clients' to end: a request on one that is just being closed would fail.
      const created = createServer({ keepAliveTimeout: 0 }, (request, response) => void app.handle(request, response));
      server = created;
      await new Promise<void>((resolve, reject) => {
        created.once('error', reject);
        created.listen(port, HOST, resolve);
      });
      return (created.address() as AddressInfo).port;
    },
    async stop() {
      const closed = server && new Promise((resolve) => server?.close(resolve));
      server?.closeAllConnections();
      await closed;
    },
  };
}

/** Everything behind the port. */
class App {
  readonly #deliveries = new Deliveries();
  readonly #faults = new Faults();
  readonly #secret: string;
  readonly #controlToken: string;
  readonly #nowMs: () => number;

  constructor({ secret, controlToken, nowMs = Date.now }: LocalUpstreamOptions) {
    this.#secret = secret;
    this.#controlToken = controlToken;
    this.#nowMs = nowMs;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      send(response, this.#answer(request, await readBody(request)));
    } catch (error) {
      // The caller hung up in the middle of its request: there is nobody to answer.
      if (!request.errored) send(response, refusal(500, 'BUG', String(error)));
    }
  }

  #answer(request: IncomingMessage, body: string): Answer {
    const method = request.method ?? 'GET';
    const path = request.url ?? '/';
    if (path.startsWith('/_local/')) {
      if (!mayControl(request.headers, this.#controlToken)) return refusal(401, 'TOKEN_MISSING', TOKEN_MISSING);
      return this.#control(method, path, body);
    }
    const signature = String(request.headers['cloud-bridge-signature'] ?? '');
    if (!isSigned({ method, path, body }, signature, this.#secret, Math.floor(this.#nowMs() / 1000))) {
      return refusal(401, 'SIGNATURE_INVALID', 'The request is not signed, or not with this secret.');
    }
    const id = /^\/deliveries\/([\w-]+)$/.exec(path)?.[1];
    if (method === 'GET' && id) return this.#find(id);
    if (method === 'POST' && path === '/deliveries') return this.#deliver(body, request.headers['idempotency-key']);
    return refusal(404, 'NOT_FOUND', `There is no ${method} ${path}.`);
  }

  #deliver(body: string, idempotencyKey: unknown): Answer {
    const order = readOrder(body);
    if (typeof order === 'string') return refusal(400, 'INVALID_REQUEST', order);
    if (idempotencyKey !== order.id) {
      return refusal(400, 'INVALID_REQUEST', 'Idempotency-Key must be the id of the delivery.');
    }
    const fault = this.#faults.take('deliver', order.recipient);
    const deliver = () => this.#deliveries.deliver(order, this.#nowMs(), fault === 'pending');
    if (fault === null || fault === 'pending') return replyOf(deliver());
    if (fault.endsWith('AfterEffect')) deliver();
    return failureOf(fault);
  }

  #find(id: string): Answer {
    const kept = this.#deliveries.find(id);
    const fault = this.#faults.take('find', kept?.order.recipient ?? null);
    if (fault !== null && fault !== 'pending') return failureOf(fault);
    if (!kept) return refusal(404, 'DELIVERY_UNKNOWN', 'No such delivery was ever begun.');
    return { status: 200, body: kept.state };
  }

  #control(method: string, path: string, body: string): Reply {
    return handleControlRequest(method, path, body, {
      deliveries: this.#deliveries,
      faults: this.#faults,
      nowMs: this.#nowMs,
    });
  }
}

const STATUS: Record<DeliveryState['status'], number> = { delivered: 201, pending: 202, failed: 422 };

function replyOf(state: DeliveryState): Reply {
  return { status: STATUS[state.status], body: state };
}

function refusal(status: number, code: string, message: string): Reply {
  return { status, body: { error: { code, message } } };
}

function failureOf(fault: FaultMode): Answer {
  switch (fault) {
    case '400':
      return refusal(400, 'BAD_REQUEST', 'As asked for.');
    case '429':
      return refusal(429, 'TOO_MANY_REQUESTS', 'As asked for.');
    case '500':
    case '500AfterEffect':
      return refusal(500, 'INTERNAL', 'As asked for.');
    case 'malformed':
    case 'malformedAfterEffect':
      return { status: 200, headers: { 'content-type': 'application/json' }, body: '{"status":"deli' };
    case 'huge':
      return { status: 200, body: { status: 'delivered', result: { filler: 'x'.repeat(HUGE_BYTES) } } };
    case 'redirect':
      return { status: 307, headers: { location: '/_local/health' }, body: '' };
    case 'down':
    case 'crashAfterEffect':
      return 'cut';
    default:
      return 'silence';
  }
}

function send(response: ServerResponse, answer: Answer): void {
  if (response.destroyed) return;
  if (answer === 'cut') response.socket?.resetAndDestroy();
  if (typeof answer === 'string') return;
  const { status, headers, body } = answer;
  const isJson = typeof body !== 'string';
  response.writeHead(status, { ...(isJson && { 'content-type': 'application/json' }), ...headers });
  response.end(isJson ? JSON.stringify(body) : body);
}
