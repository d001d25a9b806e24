import { createHmac, timingSafeEqual } from 'node:crypto';
import { orderNotRebuilt } from './seals.errors.ts';

/** Metadata of a provider's object, as the provider returns it. With some providers, anybody can write metadata. */
export type ProviderMetadata = Readonly<Record<string, unknown>> | null | undefined;

/** Prefix of the signed text, so that a signature is never valid for another purpose of a deployment key. */
const PURPOSE = 'cloud-bridge-billing order v1';
/** Characters per metadata value: Stripe's limit. */
const PART_LENGTH = 500;
/** Metadata values per seal. Stripe's limit is 50, and other values need room as well. */
const MAX_PARTS = 20;

/**
 * Signs facts that are stored in a provider's metadata. The signature proves that this deployment wrote the facts and
 * that they are unchanged. The facts are readable by anybody, and must not contain secrets.
 */
export class Seals {
  readonly #deploymentId: string;
  readonly #keys: () => readonly string[];

  /** @param keys deployment keys; the first one signs, and all of them verify, so that a key can be rotated */
  constructor(deploymentId: string, keys: () => readonly string[]) {
    this.#deploymentId = deploymentId;
    this.#keys = keys;
  }

  /**
   * Returns facts as signed metadata. The same facts give the same metadata, so that a repeated request to the provider
   * is equal.
   */
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
   * Returns the facts in metadata that this deployment wrote; null for metadata of other systems.
   * @throws ORDER_NOT_REBUILT for metadata that names this deployment without a valid signature
   */
  open(metadata: ProviderMetadata): unknown {
    if (metadata?.deploymentId !== this.#deploymentId) return null;
    const [signature = '', body = ''] = sealText(metadata).split('.');
    const given = Buffer.from(signature, 'base64url');
    const isOurs = this.#keys().some((key) => {
      const expected = this.#sign(body, key);
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
    if (!isOurs) throw orderNotRebuilt('its metadata names this deployment, but the signature is invalid');
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
