import { withoutWriting } from '@cloud-bridge/base';
import type { RequestHandler } from 'express';
import { underMaintenance } from '../maintenance/maintenance.errors.ts';
import type { Maintenance } from '../maintenance/maintenanceSwitch.ts';
import type { AnyRoute } from './route.ts';

/**
 * Wraps a route's handler for maintenance: GET routes answer without writing, all other routes answer 503. Depends only
 * on the route's declaration, so that no new route can be forgotten.
 */
export function guardRequest(maintenance: Maintenance, route: AnyRoute, handle: RequestHandler): RequestHandler {
  return async (request, response, next) => {
    if (!(await maintenance.isOn())) return handle(request, response, next);
    response.locals.route = route.path;
    if (route.method !== 'get') throw underMaintenance();
    return withoutWriting(() => handle(request, response, next));
  };
}
