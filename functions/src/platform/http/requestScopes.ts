import { AsyncLocalStorage } from 'node:async_hooks';

type ErrorHandler = (error: unknown) => void;

const scopes = new AsyncLocalStorage<RequestScope>();

/** The part of a domain that the framework uses: one handler for all errors that a request's callbacks throw. */
class RequestScope {
  #onError: ErrorHandler = (error) => {
    throw error;
  };

  on(event: 'error', handler: ErrorHandler): this {
    if (event === 'error') this.#onError = handler;
    return this;
  }

  run(work: () => void): void {
    scopes.run(this, work);
  }

  failed(error: unknown): void {
    this.#onError(error);
  }
}

/**
 * Makes the framework run each request in our scope instead of a domain (`function_wrappers` of
 * `@google-cloud/functions-framework`). The first domain makes Node track every promise of the process, which takes a
 * third of a charge's processor time. The purpose of the domain stays: an error that a callback throws answers its own
 * request and doesn't end other requests. Must run while the module loads, before the first request.
 */
export function replaceDomains(): void {
  let isListening = false;
  const create = () => {
    // Waits for the first request, because by then all other listeners for errors are registered.
    if (!isListening) listenForErrors();
    isListening = true;
    return new RequestScope();
  };
  Object.assign(process.getBuiltinModule('node:domain'), { create });
}

/** Passes errors of requests to their scopes, and all other errors to the previous listeners. */
function listenForErrors(): void {
  const listeners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error, origin) => {
    const scope = origin === 'uncaughtException' ? scopes.getStore() : undefined;
    if (scope) return scope.failed(error);
    if (listeners.length === 0) throw error;
    for (const listener of listeners) listener(error, origin);
  });
}
