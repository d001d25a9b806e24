import { parse } from 'qs';

/**
 * Decodes a form body or query as Stripe does: `a[b]=1&c[0]=2`. Values stay strings.
 *
 * @throws RangeError when it is nested deeper or has more parameters than any real call
 */
export function parseForm(text: string): Record<string, unknown> {
  return parse(text, {
    depth: 12,
    strictDepth: true,
    parameterLimit: 2000,
    throwOnLimitExceeded: true,
    arrayLimit: 1000,
    // Keys such as `constructor` are a customer's business, and must be seen rather than dropped.
    plainObjects: true,
  });
}
