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

/** Options of a local upstream. */
export interface LocalUpstreamOptions {
  /** Secret that requests must be signed with. */
  readonly secret: string;
  /** Token that control requests must send. */
  readonly controlToken: string;
  /** Returns the Unix time in milliseconds; a test can pass its own clock. Default: the machine's clock. */
  readonly nowMs?: () => number;
}

/** A local upstream that can be started and stopped. */
export interface LocalUpstream {
  /**
   * @param port port on 127.0.0.1; 0 for any free port
   * @returns the port that the server listens on
   * @throws Error `EADDRINUSE` when the port is taken
   */
  start(port: number): Promise<number>;
  /** Stops the server; open connections are cut at once. */
  stop(): Promise<void>;
}

/** An answer; `cut` breaks the connection, and `silence` sends no answer. */
type Answer = Reply | 'cut' | 'silence';

const HOST = '127.0.0.1';
/** Size of the answer of the fault `huge`, in bytes; larger than any answer that the backend reads. */
const HUGE_BYTES = 8 * 1024 * 1024;

/** Creates a local upstream without deliveries. */
export function createLocalUpstream(options: LocalUpstreamOptions): LocalUpstream {
  const app = new App(options);
  let server: Server | undefined;
  return {
    async start(port) {
      // The server never closes idle connections: a request on a connection that is being closed would fail.
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

/** The state of a local upstream, and the dispatch of requests to deliveries and control endpoints. */
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
      // An errored request means that the caller hung up in the middle of its request, so no answer can be sent.
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
      return refusal(401, 'SIGNATURE_INVALID', 'The request has no signature by this secret, or an old one.');
    }
    const id = /^\/deliveries\/([\w-]+)$/.exec(path)?.[1];
    if (method === 'GET' && id) return this.#find(id);
    if (method === 'POST' && path === '/deliveries') return this.#deliver(body, request.headers['idempotency-key']);
    return refusal(404, 'NOT_FOUND', `${method} ${path} does not exist.`);
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
    if (!kept) return refusal(404, 'DELIVERY_UNKNOWN', 'No delivery with this id was ever started.');
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
      return refusal(400, 'BAD_REQUEST', 'This request fails on purpose.');
    case '429':
      return refusal(429, 'TOO_MANY_REQUESTS', 'This request fails on purpose.');
    case '500':
    case '500AfterEffect':
      return refusal(500, 'INTERNAL', 'This request fails on purpose.');
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
