import { randomUUID, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

// The token that protects the control endpoints of the stand-ins.

/** Header in which a control request sends the token. */
const TOKEN_HEADER = 'x-suite-token';

/** Error message of a control request without the token; every stand-in answers it with status 401. */
export const TOKEN_MISSING = `Control requests need the suite's token in the header ${TOKEN_HEADER}.`;

/**
 * Returns whether a request to `/_local/…` has the token. Without this check, anything that reaches the port could
 * reset the stand-in, for example a customer's webhook or a page in the same browser.
 */
export function mayControl(headers: IncomingHttpHeaders, token: string): boolean {
  const shown = Buffer.from(String(headers[TOKEN_HEADER] ?? ''));
  const expected = Buffer.from(token);
  return shown.length === expected.length && timingSafeEqual(shown, expected);
}

/** Returns the header that sends the token. */
export function controlHeaders(token: string): Record<string, string> {
  return { [TOKEN_HEADER]: token };
}

/**
 * Returns the token of a stand-in, and a notice of the token for the line that the stand-in prints when it starts. The
 * notice is empty when the token came from the environment, because the caller then knows the token.
 */
export function controlTokenOf(env: NodeJS.ProcessEnv): { readonly token: string; readonly notice: string } {
  if (env.LOCAL_SUITE_TOKEN) return { token: env.LOCAL_SUITE_TOKEN, notice: '' };
  const token = randomUUID();
  return { token, notice: ` (${TOKEN_HEADER} of control requests: ${token})` };
}
