import type { SuiteUrls } from '../../local/suite/urls.ts';
import { expectJson, type JsonRequest } from './http.ts';

/** Who signs in to the Auth emulator. */
export interface Login {
  readonly email: string;
  readonly password: string;
}

/** The account that emulator-data/ holds. */
export const DEMO_LOGIN: Login = { email: 'demo@cloud-bridge.example', password: 'demo-password' };

/** Somebody who is signed in, with the API calls that the scripts make. */
export class Person {
  readonly #urls: SuiteUrls;
  readonly #idToken: string;

  private constructor(urls: SuiteUrls, idToken: string) {
    this.#urls = urls;
    this.#idToken = idToken;
  }

  static async signUp(urls: SuiteUrls, login: Login): Promise<Person> {
    await Person.#enter(urls, 'signUp', login);
    // Of a sign-up the emulator gives a token that counts as revoked when a second began at the wrong moment.
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

  /** A call with the ID token; gives the `data` of the answer. */
  async call(method: string, path: string, body?: unknown): Promise<JsonAnswerData> {
    const request: JsonRequest = { headers: { authorization: `Bearer ${this.#idToken}` }, body };
    return (await expectJson(method, `${this.#urls.hosting}/api${path}`, request)).data;
  }

  /** A new API key's secret and id. */
  async createKey(
    name: string,
    kind: 'live' | 'test' | 'management' = 'live',
  ): Promise<{ id: string; apiKey: string }> {
    return this.call('POST', '/account/keys', { name, kind });
  }
}

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape are looked into
type JsonAnswerData = any;
