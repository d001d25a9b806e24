import { randomUUID, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** The header that control requests have to show the token in. */
const TOKEN_HEADER = 'x-suite-token';

/** Why a control request is refused: the answer of every stand-in, with the status 401. */
export const TOKEN_MISSING = `Control requests need the suite's token in the header ${TOKEN_HEADER}.`;

/**
 * True when a request to `/_local/…` shows the token. Whatever reaches the port could otherwise reset the stand-in: a
 * customer's webhook, or a page in the same browser.
 */
export function mayControl(headers: IncomingHttpHeaders, token: string): boolean {
  const shown = Buffer.from(String(headers[TOKEN_HEADER] ?? ''));
  const expected = Buffer.from(token);
  return shown.length === expected.length && timingSafeEqual(shown, expected);
}

/** The header for whoever knows the token. */
export function controlHeaders(token: string): Record<string, string> {
  return { [TOKEN_HEADER]: token };
}

/** The token of a program, and what it says of it at its start: only one of its own has to be told. */
export function controlTokenOf(env: NodeJS.ProcessEnv): { readonly token: string; readonly notice: string } {
  if (env.LOCAL_SUITE_TOKEN) return { token: env.LOCAL_SUITE_TOKEN, notice: '' };
  const token = randomUUID();
  return { token, notice: ` (${TOKEN_HEADER} of control requests: ${token})` };
}
