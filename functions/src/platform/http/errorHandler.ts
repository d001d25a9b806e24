import { AppError, cleanError, type Logger, mayBeRetried } from '@cloud-bridge/base';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { malformedRequest } from './http.errors.ts';

/** Answers what no route has answered. */
export const routeNotFound: RequestHandler = (request) => {
  throw new AppError(404, 'ROUTE_NOT_FOUND', `There is no ${request.method} ${request.path}.`);
};

/** The one place where errors become answers. What isn't an AppError is logged and answered without its message. */
export function errorHandler(logger: Logger): ErrorRequestHandler {
  return (thrown, _request, response, next) => {
    // Express ends the connection, and logs the error itself.
    if (response.headersSent) return next(cleanError(thrown));
    const error = toAppError(thrown);
    const { requestId } = response.locals;
    if (error.httpStatus >= 500) {
      const cause: unknown = error.cause ?? error;
      logger.error('request failed', {
        requestId,
        code: error.code,
        cause: cause instanceof Error ? cause.stack : cause,
      });
    }
    if (error.retryAfterSeconds !== undefined) response.set('Retry-After', String(error.retryAfterSeconds));
    if (error.httpStatus === 401) response.set('WWW-Authenticate', 'Bearer');
    response.set('Cache-Control', 'no-store');
    const { code, message, details } = error;
    response
      .status(error.httpStatus)
      .json({ success: false, error: { code, message, ...(details && { details }), requestId } });
  };
}

function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  // Express and the server of static files have refusals of their own, such as a range that isn't there.
  if (thrown instanceof URIError) return malformedRequest(thrown);
  const status = statusOf(thrown);
  if (status >= 400 && status < 500)
    return new AppError(status, 'REQUEST_REFUSED', 'The request was refused.', { cause: thrown });
  if (mayBeRetried(thrown)) {
    return new AppError(503, 'TEMPORARILY_UNAVAILABLE', 'Try again in a moment.', {
      retryAfterSeconds: 1,
      cause: thrown,
    });
  }
  return new AppError(500, 'INTERNAL', 'Something went wrong on our side.', { cause: thrown });
}

function statusOf(thrown: unknown): number {
  return thrown instanceof Error && 'status' in thrown ? Number(thrown.status) : 500;
}
