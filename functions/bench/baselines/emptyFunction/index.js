import { replaceDomains } from '../../../src/platform/http/requestScopes.ts';

replaceDomains();

/** An answer as long as the answer to a charge. */
const ANSWER = JSON.stringify({ success: true, data: { text: 'x'.repeat(700) } });

/** A function that does nothing, to measure only Node's HTTP server and the framework with its parsers. */
export function empty(_request, response) {
  response.writeHead(201, { 'content-type': 'application/json', 'content-length': ANSWER.length });
  response.end(ANSWER);
}
