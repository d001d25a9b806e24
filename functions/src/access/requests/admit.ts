import type { Caller } from '../../platform/http/caller.ts';
import type { HttpRequest, HttpResponse } from '../../platform/http/express.ts';
import type { AnyRoute } from '../../platform/http/route.ts';
import { assertNotFrozen } from '../accounts/assertNotFrozen.ts';
import { authenticate, authorize } from './authentication.ts';
import { countRequest } from './countRequest.ts';
import type { RequestsNeeds } from './needs.ts';

/**
 * Admits a request: authenticate → count → refuse frozen accounts → authorize. Refused requests count too, so that
 * guessing is limited.
 * @throws ACCOUNT_FROZEN, and what {@link authenticate}, {@link authorize} and {@link countRequest} throw
 */
export async function admit(
  deps: RequestsNeeds,
  request: HttpRequest,
  response: HttpResponse,
  route: AnyRoute,
): Promise<Caller> {
  const caller = await authenticate(deps, request, route.access);
  response.locals.caller = caller;
  await Promise.all([countRequest(deps, caller, response), assertNotFrozen(deps.accounts, caller, route)]);
  authorize(caller, route.access);
  return caller;
}
