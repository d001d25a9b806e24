import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mayControl, TOKEN_MISSING } from '../controlToken.ts';
import { BodyTooLargeError, readBody } from '../readBody.ts';
import { handleApiRequest } from './api/handleApiRequest.ts';
import { IdempotencyKeys } from './api/idempotencyKeys.ts';
import { OperationCounts } from './api/operationCounts.ts';
import type { Reply } from './api/reply.ts';
import { StripeError } from './api/stripeError.ts';
import { runDueWork } from './billing/dueWork.ts';
import { handleDocumentRequest } from './billing/invoicePages.ts';
import { handlePageRequest } from './checkout/handlePageRequest.ts';
import { expireDueSessions } from './checkout/sessionLife.ts';
import { Clock } from './clock.ts';
import { ContractViolation } from './contractViolation.ts';
import { ApiFaults, type FaultEffect } from './control/apiFaults.ts';
import { faultReply } from './control/faultReply.ts';
import { handleControlRequest } from './control/handleControlRequest.ts';
import { LocalAccount } from './localAccount.ts';
import { handlePortalRequest } from './portal/handlePortalRequest.ts';
import { endpointsFor } from './resources/webhookEndpoints.ts';
import { type RetryPolicy, WebhookQueue } from './webhooks/webhookQueue.ts';

/** Options of a local Stripe. */
export interface LocalStripeOptions {
  /** The secret key that the API accepts. */
  secretKey: string;
  /** Token that control requests must send. */
  controlToken: string;
  /** Address that events are sent to; undefined to only record events. */
  webhookUrl?: string | undefined;
  /** Secret that webhooks are signed with. */
  webhookSecret: string;
  /** Base URL of the pages; default: the server's own address. */
  publicUrl?: string | undefined;
  retry?: Partial<RetryPolicy>;
  webhookTimeoutMs?: number;
  /** Returns the Unix time in milliseconds; a test can pass its own clock. Default: the machine's clock. */
  nowMs?: () => number;
}

/** A local Stripe that can be started and stopped. */
export interface LocalStripe {
  /**
   * @param port port on 127.0.0.1; 0 for any free port
   * @returns the port that the server listens on
   * @throws Error `EADDRINUSE` when the port is taken
   */
  start(port: number): Promise<number>;
  /** Stops the server and all deliveries; open connections are cut at once. */
  stop(): Promise<void>;
  /** The contract violations of the stand-in itself; empty unless the stand-in has a bug. */
  readonly violations: readonly ContractViolation[];
}

const HOST = '127.0.0.1';
const RETRY_DEFAULT: RetryPolicy = { baseDelayMs: 200, maxDelayMs: 5000, maxAttempts: 20 };
const WEBHOOK_TIMEOUT_MS_DEFAULT = 30_000;
const EXPIRY_CHECK_INTERVAL_MS = 1000;

/** Creates a local Stripe with an empty account. */
export function createLocalStripe(options: LocalStripeOptions): LocalStripe {
  const app = new App(options);
  let server: Server | undefined;
  let expiryTimer: NodeJS.Timeout | undefined;
  return {
    violations: app.violations,
    async start(port) {
      // The server never closes idle connections: a request on a connection that is being closed would fail.
      server = createServer({ keepAliveTimeout: 0 }, (request, response) => void app.handle(request, response));
      const actualPort = await listen(server, port);
      app.publicUrl = options.publicUrl ?? `http://${HOST}:${actualPort}`;
      expiryTimer = setInterval(() => app.expireDueSessions(), EXPIRY_CHECK_INTERVAL_MS);
      return actualPort;
    },
    async stop() {
      clearInterval(expiryTimer);
      app.reset();
      const closed = server && new Promise((resolve) => server?.close(resolve));
      server?.closeAllConnections();
      await closed;
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => resolve((server.address() as AddressInfo).port));
  });
}

/** The state of a local Stripe, and the dispatch of requests to the API, the pages and the control endpoints. */
class App {
  readonly violations: ContractViolation[] = [];
  readonly #account: LocalAccount;
  readonly #webhooks: WebhookQueue;
  readonly #idempotencyKeys = new IdempotencyKeys();
  readonly #operationCounts = new OperationCounts();
  readonly #apiFaults = new ApiFaults();
  readonly #secretKey: string;
  readonly #controlToken: string;

  constructor(options: LocalStripeOptions) {
    this.#secretKey = options.secretKey;
    this.#controlToken = options.controlToken;
    this.#account = new LocalAccount(new Clock(options.nowMs));
    const endpoint = options.webhookUrl
      ? {
          url: options.webhookUrl,
          secret: options.webhookSecret,
          timeoutMs: options.webhookTimeoutMs ?? WEBHOOK_TIMEOUT_MS_DEFAULT,
        }
      : undefined;
    this.#webhooks = new WebhookQueue(endpoint, { ...RETRY_DEFAULT, ...options.retry });
    this.#account.onEvent = (event) => this.#webhooks.enqueue(event);
    this.#webhooks.targetsFor = (eventType) => endpointsFor(this.#account, eventType);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#dispatch(request, response);
    } catch (error) {
      // An errored request means that the caller hung up in the middle of its request, so no answer can be sent.
      if (request.errored) return;
      if (error instanceof ContractViolation) this.#reportViolation(error);
      send(response, unexpectedReply(error));
    }
  }

  expireDueSessions(): void {
    try {
      expireDueSessions(this.#account);
      runDueWork(this.#account);
    } catch (error) {
      if (error instanceof ContractViolation) this.#reportViolation(error);
      else console.error(error);
    }
  }

  /** Sets the base URL of the pages. */
  set publicUrl(url: string) {
    this.#account.publicUrl = url;
  }

  reset(): void {
    this.#webhooks.clear();
    this.#account.clear();
    this.#idempotencyKeys.clear();
    this.#operationCounts.clear();
    this.#apiFaults.clear();
  }

  async #dispatch(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? 'GET';
    const [path = '/', query = ''] = splitUrl(request.url ?? '/');
    const body = await readBody(request);
    this.expireDueSessions();
    const sessionId = /^\/c\/pay\/([^/]+)$/.exec(path)?.[1];
    const document = handleDocumentRequest(this.#account, method, path, body);
    const portalId = /^\/p\/session\/([^/]+)$/.exec(path)?.[1];
    if (document) {
      send(response, document);
    } else if (sessionId !== undefined) {
      send(response, handlePageRequest(this.#account, method, sessionId, body));
    } else if (portalId !== undefined) {
      send(response, handlePortalRequest(this.#account, method, portalId, body));
    } else if (path.startsWith('/_local/')) {
      const isAllowed = mayControl(request.headers, this.#controlToken);
      send(response, isAllowed ? await this.#control(method, path, body) : withoutToken());
    } else {
      this.#api({ method, path, query, headers: request.headers, body }, response);
    }
  }

  #api(request: Parameters<typeof handleApiRequest>[0], response: ServerResponse): void {
    const fault = this.#apiFaults.take(request.method, request.path);
    const answer = (): Reply =>
      handleApiRequest(request, {
        account: this.#account,
        idempotencyKeys: this.#idempotencyKeys,
        operationCounts: this.#operationCounts,
        secretKey: this.#secretKey,
        publicUrl: this.#account.publicUrl,
        onViolation: (violation) => this.#reportViolation(violation),
      });
    if (!fault) {
      send(response, answer());
      return;
    }
    if (fault.afterEffect) answer();
    fail(response, fault.effect);
  }

  #control(method: string, path: string, body: string): Promise<Reply> {
    return handleControlRequest(method, path, body, {
      account: this.#account,
      apiFaults: this.#apiFaults,
      operationCounts: this.#operationCounts,
      violations: this.violations,
      webhooks: this.#webhooks,
      reset: () => this.reset(),
    });
  }

  /** Records and prints a contract violation, because it is a bug of the stand-in. */
  #reportViolation(violation: ContractViolation): void {
    this.violations.push(violation);
    console.error(`\nLOCAL STRIPE BUG: ${violation.message}\n`);
  }
}

function withoutToken(): Reply {
  return { status: 401, body: { error: { message: TOKEN_MISSING } } };
}

function splitUrl(url: string): [string, string] {
  const cut = url.indexOf('?');
  return cut < 0 ? [url, ''] : [url.slice(0, cut), url.slice(cut + 1)];
}

function fail(response: ServerResponse, effect: FaultEffect): void {
  if (effect.kind === 'status') send(response, faultReply(effect.status));
  else if (effect.kind === 'reset') response.socket?.resetAndDestroy();
  // A `hang` sends no answer, so the caller waits until its own timeout.
}

function unexpectedReply(error: unknown): Reply {
  if (error instanceof BodyTooLargeError) {
    return {
      status: 413,
      headers: { connection: 'close' },
      body: new StripeError(413, 'invalid_request_error', error.message).envelope,
    };
  }
  if (!(error instanceof ContractViolation)) console.error(error);
  const message = error instanceof Error ? error.message : String(error);
  return { status: 500, body: new StripeError(500, 'api_error', `Bug in the local Stripe: ${message}`).envelope };
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  if (response.destroyed) return;
  const isJson = typeof body !== 'string';
  response.writeHead(status, { ...(isJson && { 'content-type': 'application/json' }), ...headers });
  response.end(isJson ? JSON.stringify(body, null, 2) : body);
}
