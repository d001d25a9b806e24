import type { SuiteUrls } from '../../local/suite/urls.ts';
import { expectJson, type JsonRequest } from './http.ts';

/** Email address and password for the Auth emulator. */
export interface Login {
  readonly email: string;
  readonly password: string;
}

/** Login of the demo account in emulator-data/. */
export const DEMO_LOGIN: Login = { email: 'demo@cloud-bridge.example', password: 'demo-password' };

/** A signed-in user, with the API calls of the scripts. */
export class Person {
  readonly #urls: SuiteUrls;
  readonly #idToken: string;

  private constructor(urls: SuiteUrls, idToken: string) {
    this.#urls = urls;
    this.#idToken = idToken;
  }

  static async signUp(urls: SuiteUrls, login: Login): Promise<Person> {
    await Person.#enter(urls, 'signUp', login);
    // Signs in again, because the emulator's token of a sign-up counts as revoked if a new second began meanwhile.
    return Person.signIn(urls, login);
  }

  static signIn(urls: SuiteUrls, login: Login): Promise<Person> {
    return Person.#enter(urls, 'signInWithPassword', login);
  }

  static async #enter(urls: SuiteUrls, action: 'signUp' | 'signInWithPassword', login: Login): Promise<Person> {
    const url = `${urls.auth}/identitytoolkit.googleapis.com/v1/accounts:${action}?key=any`;
    const { idToken } = await expectJson('POST', url, { body: { ...login, returnSecureToken: true } });
    return new Person(urls, idToken);
  }

  /** Calls the API with the ID token; returns the `data` of the answer. */
  async call(method: string, path: string, body?: unknown): Promise<JsonAnswerData> {
    const request: JsonRequest = { headers: { authorization: `Bearer ${this.#idToken}` }, body };
    return (await expectJson(method, `${this.#urls.hosting}/api${path}`, request)).data;
  }

  /** Creates an API key; returns its secret and id. */
  async createKey(
    name: string,
    kind: 'live' | 'test' | 'management' = 'live',
  ): Promise<{ id: string; apiKey: string }> {
    return this.call('POST', '/account/keys', { name, kind });
  }
}

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape are looked into
type JsonAnswerData = any;
