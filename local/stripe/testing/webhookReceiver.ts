import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from '../../readBody.ts';
import { type Stripe, StripeSdk } from '../installedStripe.ts';

/** A webhook endpoint that, like a backend, refuses events without a valid signature. */
export class WebhookReceiver {
  /** The received events with a valid signature, in order, whatever the endpoint answered. */
  readonly events: Stripe.Event[] = [];
  /** The received events with their bodies and signatures, so that a test can send an event again. */
  readonly deliveries: { readonly event: Stripe.Event; readonly body: string; readonly signature: string }[] = [];
  /** Number of requests with an invalid signature. */
  badSignatureCount = 0;
  /** Returns the status of the answer to an event. */
  respond: (event: Stripe.Event) => number | Promise<number> = () => 200;
  /** Secret that events must be signed with. */
  secret: string;
  readonly #server: Server;

  constructor(secret: string) {
    this.secret = secret;
    this.#server = createServer({ keepAliveTimeout: 0 }, async (request, response) => {
      const body = await readBody(request);
      const signature = String(request.headers['stripe-signature']);
      const event = this.#verify(body, signature);
      if (!event) {
        response.writeHead(400).end('bad signature');
        return;
      }
      this.events.push(event);
      this.deliveries.push({ event, body, signature });
      const status = await this.respond(event);
      response.writeHead(status).end(JSON.stringify({ answered: status }));
    });
  }

  /** @returns the endpoint's URL */
  start(): Promise<string> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => {
        resolve(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/webhook`);
      });
    });
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  get types(): string[] {
    return this.events.map(({ type }) => type);
  }

  #verify(body: string, signature: string): Stripe.Event | undefined {
    try {
      return StripeSdk.webhooks.constructEvent(body, signature, this.secret);
    } catch {
      this.badSignatureCount += 1;
      return undefined;
    }
  }
}
