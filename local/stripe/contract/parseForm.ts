import { parse } from 'qs';

/**
 * Decodes a form body or query in Stripe's notation, such as `a[b]=1&c[0]=2`. All values are strings.
 *
 * @throws RangeError when the form is nested too deeply or has too many parameters, beyond any real call
 */
export function parseForm(text: string): Record<string, unknown> {
  return parse(text, {
    depth: 12,
    strictDepth: true,
    parameterLimit: 2000,
    throwOnLimitExceeded: true,
    arrayLimit: 1000,
    // Keeps keys such as `constructor`, which the parser otherwise drops; customers may use such keys in metadata.
    plainObjects: true,
  });
}
