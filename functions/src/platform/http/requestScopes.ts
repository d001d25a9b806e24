import { AsyncLocalStorage } from 'node:async_hooks';

type ErrorHandler = (error: unknown) => void;

const scopes = new AsyncLocalStorage<RequestScope>();

/** What the framework uses of a domain: whatever a request's callbacks throw comes to one handler. */
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
 * Has the framework put each request in a scope of ours instead of a domain (`function_wrappers` of
 * `@google-cloud/functions-framework`). Its first domain makes Node follow every promise of the process, which costs a
 * charge a third of its processor time. What a domain is wanted for stays: an error that a callback throws answers its
 * own request, and ends nobody else's. Must run when the module is loaded, before the first request.
 */
export function replaceDomains(): void {
  let isListening = false;
  const create = () => {
    // Not before the first request: by then everybody else who wants to hear of errors listens.
    if (!isListening) listenForErrors();
    isListening = true;
    return new RequestScope();
  };
  Object.assign(process.getBuiltinModule('node:domain'), { create });
}

/** Gives errors of requests to their scopes, and all others to who has listened so far. */
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
