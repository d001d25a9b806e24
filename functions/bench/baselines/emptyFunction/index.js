import { replaceDomains } from '../../../src/platform/http/requestScopes.ts';

replaceDomains();

/** As long as what a charge is answered. */
const ANSWER = JSON.stringify({ success: true, data: { text: 'x'.repeat(700) } });

/** A function that does nothing: what is left is Node's HTTP server, and the framework with its parsers. */
export function empty(_request, response) {
  response.writeHead(201, { 'content-type': 'application/json', 'content-length': ANSWER.length });
  response.end(ANSWER);
}
