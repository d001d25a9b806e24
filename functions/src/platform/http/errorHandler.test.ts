import { AppError } from '@cloud-bridge/base';
import type { Request, Response } from 'express';
import { notFound, refusal, unauthenticated } from '../errors/refusal.ts';
import { errorHandler } from './errorHandler.ts';

/** The answer to an error, with what was logged. */
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

it('an error has the status that the registry gives to its code', () => {
  const { status, body, logged } = answerTo(notFound('PAYMENT_METHOD_NOT_FOUND'));
  const message = 'There is no such payment method.';
  expect(status).toBe(404);
  expect(body).toEqual({
    success: false,
    error: { code: 'PAYMENT_METHOD_NOT_FOUND', message, requestId: 'req_1' },
  });
  expect(logged).toEqual([]);
});

it('an account that was deleted is a 401 as a credential, and a 409 as what a request is about', () => {
  const asCredential = answerTo(unauthenticated('ACCOUNT_DELETED', 'The account was deleted.'));
  expect(asCredential).toMatchObject({ status: 401, headers: { 'WWW-Authenticate': 'Bearer' } });
  expect(answerTo(refusal('ACCOUNT_DELETED', 'The account was deleted.')).status).toBe(409);
});

it('a code that is not in the registry is a bug: it is logged, and answered without its message', () => {
  const { status, body, logged } = answerTo(new AppError('NO_SUCH_CODE', 'Nobody should read this.'));
  expect(status).toBe(500);
  expect(body).toMatchObject({ error: { code: 'INTERNAL', message: 'Something went wrong on our side.' } });
  expect(logged).toEqual(['request failed']);
});

it("a refusal of the web server's keeps its status", () => {
  const refused = Object.assign(new Error('Range Not Satisfiable'), { status: 416 });
  expect(answerTo(refused)).toMatchObject({ status: 416, body: { error: { code: 'REQUEST_REFUSED' } } });
});
