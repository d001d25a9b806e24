import { createHmac, timingSafeEqual } from 'node:crypto';
import { orderNotRebuilt } from './seals.errors.ts';

/** Words that a provider keeps with a payment, as it gives them back. At some providers anybody can write them. */
export type ProviderMetadata = Readonly<Record<string, unknown>> | null | undefined;

/** What is signed begins with this, so that a deployment key never vouches for anything else. */
const PURPOSE = 'cloud-bridge-billing order v1';
/** Stripe takes 500 characters for a value. */
const PART_LENGTH = 500;
/** Stripe takes 50 values, and others stand beside these. */
const MAX_PARTS = 20;

/**
 * Facts as a provider keeps them for us: whoever has a deployment key can tell later that this deployment wrote them,
 * and that nobody has changed them. They can be read by anybody, and are never secret.
 */
export class Seals {
  readonly #deploymentId: string;
  readonly #keys: () => readonly string[];

  /** @param keys the first one signs, all of them verify: several while one is being rotated */
  constructor(deploymentId: string, keys: () => readonly string[]) {
    this.#deploymentId = deploymentId;
    this.#keys = keys;
  }

  /** Facts as metadata; the same facts give the same metadata, so that a repeated request is the same request. */
  seal(facts: object): Readonly<Record<string, string>> {
    const [key] = this.#keys();
    if (key === undefined) throw new Error('Configuration: there is no deployment key.');
    const body = Buffer.from(JSON.stringify(facts)).toString('base64url');
    const text = `${this.#sign(body, key).toString('base64url')}.${body}`;
    const count = Math.ceil(text.length / PART_LENGTH);
    if (count > MAX_PARTS) throw new Error(`facts of ${text.length} characters are too long for a seal`);
    const parts = Array.from({ length: count }, (_, index) => [
      `seal${index + 1}`,
      text.slice(index * PART_LENGTH, (index + 1) * PART_LENGTH),
    ]);
    return { deploymentId: this.#deploymentId, ...Object.fromEntries(parts) };
  }

  /**
   * The facts in metadata that this deployment wrote; null for metadata of others.
   * @throws ORDER_NOT_REBUILT for what names this deployment and bears none of its signatures
   */
  open(metadata: ProviderMetadata): unknown {
    if (metadata?.deploymentId !== this.#deploymentId) return null;
    const [signature = '', body = ''] = sealText(metadata).split('.');
    const given = Buffer.from(signature, 'base64url');
    const isOurs = this.#keys().some((key) => {
      const expected = this.#sign(body, key);
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
    if (!isOurs) throw orderNotRebuilt('its metadata names this deployment, but its signature is none of ours');
    return JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
  }

  #sign(body: string, key: string): Buffer {
    return createHmac('sha256', key).update(`${PURPOSE}\n${this.#deploymentId}\n${body}`).digest();
  }
}

function sealText(metadata: NonNullable<ProviderMetadata>): string {
  let text = '';
  for (let part = 1; part <= MAX_PARTS; part += 1) {
    const value = metadata[`seal${part}`];
    if (typeof value !== 'string') break;
    text += value;
  }
  return text;
}
