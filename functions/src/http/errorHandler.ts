import type { ErrorRequestHandler, RequestHandler } from 'express';
import { AppError } from '../shared/appError.ts';
import { mayBeRetried } from '../shared/firestoreErrors.ts';
import type { Logger } from '../shared/logger.ts';

/** Answers what no route has answered. */
export const routeNotFound: RequestHandler = (request) => {
  throw new AppError(404, 'ROUTE_NOT_FOUND', `There is no ${request.method} ${request.path}.`);
};

/** The one place where errors become answers. What isn't an AppError is logged and answered without its message. */
export function errorHandler(logger: Logger): ErrorRequestHandler {
  return (thrown, _request, response, next) => {
    if (response.headersSent) return next(thrown);
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
  // Express itself refuses paths that aren't percent-encoded properly.
  if (thrown instanceof URIError || statusOf(thrown) === 400) {
    return new AppError(400, 'MALFORMED_REQUEST', 'The request is malformed.');
  }
  if (mayBeRetried(thrown)) {
    return new AppError(503, 'TEMPORARILY_UNAVAILABLE', 'Try again in a moment.', {
      retryAfterSeconds: 1,
      cause: thrown,
    });
  }
  return new AppError(500, 'INTERNAL', 'Something went wrong on our side.', { cause: thrown });
}

function statusOf(thrown: unknown): unknown {
  return thrown instanceof Error && 'status' in thrown ? thrown.status : undefined;
}
