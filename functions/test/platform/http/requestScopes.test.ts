import { join } from 'node:path';
import { type Framework, startFramework } from '../../support/framework.ts';

let instance: Framework;
beforeEach(async () => {
  instance = await startFramework('throwing', {}, join(__dirname, 'throwing'));
});
afterEach(() => instance.stop());

const get = async (path: string) => {
  const response = await fetch(instance.url + path);
  return { status: response.status, text: await response.text() };
};

it.each([
  ['/at-once', 'thrown at once'],
  ['/in-callback', 'thrown in a callback'],
  ['/in-deeper-callback', 'thrown in a deeper callback'],
])('an asynchronous error of a request (%s) answers only that request', async (path, message) => {
  const waiting = get('/waits');
  expect(await get(path)).toEqual({ status: 500, text: message });
  expect(await get('/releases')).toEqual({ status: 200, text: 'answered /releases' });
  expect(await waiting).toEqual({ status: 200, text: 'answered /waits' });
});

it('an error outside of requests reaches the framework, which ends the process', async () => {
  await get('/of-no-request');
  expect(await instance.ended()).not.toBe(0);
  expect(instance.output()).toContain('thrown for no request');
});
