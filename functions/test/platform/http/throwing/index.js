import { AsyncResource } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { replaceDomains } from '../../../../src/platform/http/requestScopes.ts';

replaceDomains();

const ofNoRequest = new AsyncResource('before any request');
const soon = (text) =>
  setTimeout(() => {
    throw new Error(text);
  }, 5);
let release;
const released = new Promise((resolve) => {
  release = resolve;
});

/** A function that leaves errors behind, in the ways in which one can. */
export async function throwing(request, response) {
  switch (request.path) {
    case '/in-callback':
      return void soon('thrown in a callback');
    case '/in-deeper-callback':
      await sleep(1);
      return void soon('thrown in a deeper callback');
    case '/at-once':
      throw new Error('thrown at once');
    case '/of-no-request':
      ofNoRequest.runInAsyncScope(() => soon('thrown for no request'));
      break;
    case '/waits':
      await released;
      break;
    case '/releases':
      release();
      break;
  }
  response.end(`answered ${request.path}`);
}
