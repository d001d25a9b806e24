import { AppError } from '@cloud-bridge/base';
import type { Request, Response } from 'express';
import { notFound, refusal, unauthenticated } from '../errors/refusal.ts';
import { errorHandler } from './errorHandler.ts';

/** Returns the response to an error, and the logged messages. */
function answerTo(thrown: unknown) {
  const logged: string[] = [];
  const headers: Record<string, string> = {};
  let status = 200;
  let body: unknown;
  const response = {
    headersSent: false,
    locals: { requestId: 'req_1' },
    set: (name: string, value: string) => {
      headers[name] = value;
    },
    status: (code: number) => {
      status = code;
      return response;
    },
    json: (value: unknown) => {
      body = value;
    },
  };
  const note = (message: string) => {
    logged.push(message);
  };
  const handle = errorHandler({ info: note, warn: note, error: note });
  handle(thrown, {} as Request, response as unknown as Response, () => {});
  return { status, headers, body, logged };
}

it('answers an error with the status of its code in the registry', () => {
  const { status, body, logged } = answerTo(notFound('PAYMENT_METHOD_NOT_FOUND'));
  const message = 'There is no such payment method.';
  expect(status).toBe(404);
  expect(body).toEqual({
    success: false,
    error: { code: 'PAYMENT_METHOD_NOT_FOUND', message, requestId: 'req_1' },
  });
  expect(logged).toEqual([]);
});

it('answers a deleted account with 401 as the credential, and with 409 as the object of a request', () => {
  const asCredential = answerTo(unauthenticated('ACCOUNT_DELETED', 'The account was deleted.'));
  expect(asCredential).toMatchObject({ status: 401, headers: { 'WWW-Authenticate': 'Bearer' } });
  expect(answerTo(refusal('ACCOUNT_DELETED', 'The account was deleted.')).status).toBe(409);
});

it('logs an error with an unknown code, and answers without its message', () => {
  const { status, body, logged } = answerTo(new AppError('NO_SUCH_CODE', 'Nobody should read this.'));
  expect(status).toBe(500);
  expect(body).toMatchObject({ error: { code: 'INTERNAL', message: 'Something went wrong on our side.' } });
  expect(logged).toEqual(['request failed']);
});

it('keeps the status of a refusal by the web server', () => {
  const refused = Object.assign(new Error('Range Not Satisfiable'), { status: 416 });
  expect(answerTo(refused)).toMatchObject({ status: 416, body: { error: { code: 'REQUEST_REFUSED' } } });
});
