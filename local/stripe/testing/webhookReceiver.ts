import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from '../../readBody.ts';
import { type Stripe, StripeSdk } from '../installedStripe.ts';

/** A webhook endpoint as a backend would write it: it refuses what is not signed with its secret. */
export class WebhookReceiver {
  /** Every event that arrived with a good signature, in order, whatever it was answered. */
  readonly events: Stripe.Event[] = [];
  /** The same, as they came: whoever is sent them again can check their signatures. */
  readonly deliveries: { readonly event: Stripe.Event; readonly body: string; readonly signature: string }[] = [];
  /** How many requests arrived with a bad signature. */
  badSignatureCount = 0;
  /** Decides the status to answer with. */
  respond: (event: Stripe.Event) => number | Promise<number> = () => 200;
  /** What the events have to be signed with. */
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
