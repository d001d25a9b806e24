import { type AppError, cleanError, type Logger, mayBeRetried } from '@cloud-bridge/base';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { ErrorCode } from '../errors/errorRegistry.ts';
import { hasCode, refusal, statusOf } from '../errors/refusal.ts';
import { malformedRequest } from './http.errors.ts';

/**
 * Refuses requests that no route has answered.
 * @throws ROUTE_NOT_FOUND
 */
export const routeNotFound: RequestHandler = (request) => {
  throw refusal('ROUTE_NOT_FOUND', `There is no ${request.method} ${request.path}.`);
};

/**
 * Returns the only handler that turns errors into responses. An error without a code of the registry is logged, and
 * answered without its message.
 */
export function errorHandler(logger: Logger): ErrorRequestHandler {
  return (thrown, _request, response, next) => {
    // The response has begun: Express ends the connection and logs the error.
    if (response.headersSent) return next(cleanError(thrown));
    const { status, error } = answerTo(thrown);
    const { requestId } = response.locals;
    if (status >= 500) {
      const cause: unknown = error.cause ?? error;
      logger.error('request failed', {
        requestId,
        code: error.code,
        cause: cause instanceof Error ? cause.stack : cause,
      });
    }
    if (error.retryAfterSeconds !== undefined) response.set('Retry-After', String(error.retryAfterSeconds));
    if (status === 401) response.set('WWW-Authenticate', 'Bearer');
    response.set('Cache-Control', 'no-store');
    const { code, message, details } = error;
    response.status(status).json({ success: false, error: { code, message, ...(details && { details }), requestId } });
  };
}

interface Answer {
  readonly status: number;
  readonly error: AppError<ErrorCode>;
}

function answerTo(thrown: unknown): Answer {
  if (hasCode(thrown)) return answer(thrown);
  if (thrown instanceof URIError) return answer(malformedRequest(thrown));
  // Express and the server of static files make their own refusals, such as for a range outside the file.
  const status = statusOfServer(thrown);
  if (status >= 400 && status < 500) {
    return { status, error: refusal('REQUEST_REFUSED', 'The request was refused.', { cause: thrown }) };
  }
  if (mayBeRetried(thrown)) {
    const options = { retryAfterSeconds: 1, cause: thrown };
    return answer(refusal('TEMPORARILY_UNAVAILABLE', 'Try again in a moment.', options));
  }
  return answer(refusal('INTERNAL', 'Something went wrong on our side.', { cause: thrown }));
}

function answer(error: AppError<ErrorCode>): Answer {
  return { status: statusOf(error), error };
}

function statusOfServer(thrown: unknown): number {
  return thrown instanceof Error && 'status' in thrown ? Number(thrown.status) : 500;
}
