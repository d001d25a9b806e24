import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { post } from './post.ts';

/** What is done about a call before it gets to the node; an answer given here is the node's. */
export type Intervention = (call: { method: string; params: readonly unknown[] }) => Promise<object | undefined>;

interface RpcCall {
  readonly id: number;
  readonly method: string;
  readonly params?: readonly unknown[];
}

/** Stands between the backend and the node, and passes every call on, but for those that a test wants otherwise. */
export class RpcProxy {
  /** Every method that was called. */
  readonly calls: string[] = [];
  isDown = false;
  intervention: Intervention | null = null;
  readonly #server = createServer({ keepAliveTimeout: 0 }, (request, response) => void this.#handle(request, response));
  readonly #target: string;

  private constructor(target: string) {
    this.#target = target;
  }

  static async start(target: string): Promise<RpcProxy> {
    const proxy = new RpcProxy(target);
    await once(proxy.#server.listen(0, '127.0.0.1'), 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  heal(): void {
    this.isDown = false;
    this.intervention = null;
    this.calls.length = 0;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray()).toString();
    if (this.isDown) return void request.socket.destroy();
    const asked = JSON.parse(body) as RpcCall | RpcCall[];
    const answers = Array.isArray(asked)
      ? `[${(await Promise.all(asked.map((call) => this.#answer(call)))).join()}]`
      : await this.#answer(asked);
    response.setHeader('content-type', 'application/json').end(answers);
  }

  async #answer(call: RpcCall): Promise<string> {
    const { id, method, params = [] } = call;
    this.calls.push(method);
    const answer = await this.intervention?.({ method, params });
    return answer ? JSON.stringify({ jsonrpc: '2.0', id, ...answer }) : post(this.#target, JSON.stringify(call));
  }
}
