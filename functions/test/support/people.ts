import { randomUUID } from 'node:crypto';
import { Ledger } from '@cloud-bridge/ledger';
import { getAuth } from 'firebase-admin/auth';
import { type Reply, type RequestOptions, send } from './apiClient.ts';
import { database, firebase, PROJECT } from './suite.ts';

/** Somebody with a new account. */
export class Person {
  readonly accountId: string;
  readonly idToken: string;

  constructor(accountId: string, idToken: string) {
    this.accountId = accountId;
    this.idToken = idToken;
  }

  /** A request with the person's ID token. */
  send(method: string, path: string, options: RequestOptions = {}): Promise<Reply> {
    return send(method, path, { ...options, headers: { authorization: `Bearer ${this.idToken}`, ...options.headers } });
  }

  /** A new API key of the person's. */
  async createKey(request: Record<string, unknown> = {}): Promise<Key> {
    const { data } = (await this.send('POST', '/account/keys', { body: request })).expect(201);
    return new Key(data.id, data.apiKey);
  }

  /** Gives credits without a purchase, as the operator's own code would. */
  async grant(amountCredits: number, expiresAt: string | null = null, walletId = 'main'): Promise<void> {
    const id = randomUUID();
    await new Ledger(database()).submit(
      { accountId: this.accountId, walletId },
      {
        type: 'grant',
        entryId: `grt_${id}`,
        commandId: id,
        requestHash: id,
        now: new Date().toISOString(),
        amountCredits,
        source: 'grant',
        expiresAt,
        description: 'Test grant',
      },
    );
  }

  async credits(): Promise<Record<string, unknown> & { availableCredits: number; heldCredits: number }> {
    return (await this.send('GET', '/account/credits')).expect(200).data;
  }
}

/** An API key, as an integration has it. */
export class Key {
  readonly id: string;
  readonly secret: string;

  constructor(id: string, secret: string) {
    this.id = id;
    this.secret = secret;
  }

  send(method: string, path: string, options: RequestOptions = {}): Promise<Reply> {
    return send(method, path, { ...options, headers: { 'x-api-key': this.secret, ...options.headers } });
  }

  charge(body: Record<string, unknown>, idempotencyKey?: string): Promise<Reply> {
    return this.send('POST', '/billing/charges', { body, idempotencyKey });
  }
}

/**
 * Signs somebody up with the Auth emulator, and in. The emulator takes the time of a sign-up twice, for the token and
 * for the user's oldest valid one: when a second begins between them, the token counts as revoked from the first.
 */
export async function newPerson(): Promise<Person> {
  return signUpAndIn(proveAddress);
}

/** Somebody who has not shown that the address is theirs. */
export async function newPersonUnverified(): Promise<Person> {
  return signUpAndIn(async () => {});
}

/** Has the Auth emulator believe that a user's address is theirs. */
export async function proveAddress(accountId: string): Promise<void> {
  await changeUser(accountId, { emailVerified: true });
}

/** Changes a user as an operator does in the console. */
export async function changeUser(accountId: string, change: object): Promise<void> {
  const url = `${identityToolkit()}/projects/${PROJECT}/accounts:update`;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer owner' },
    body: JSON.stringify({ localId: accountId, ...change }),
  });
  if (!response.ok) throw new Error(`the user could not be changed: ${await response.text()}`);
}

async function signUpAndIn(beforeSigningIn: (accountId: string) => Promise<void>): Promise<Person> {
  const credentials = { email: `${randomUUID()}@example.com`, password: randomUUID() };
  const { localId } = await identity('signUp', credentials);
  await beforeSigningIn(localId);
  return signIn(credentials);
}

/** Signs a user in who exists. */
export async function signIn(credentials: { email: string; password: string }): Promise<Person> {
  const { localId, idToken } = await identity('signInWithPassword', credentials);
  return new Person(localId, idToken);
}

const identityToolkit = () => `http://${process.env.FIREBASE_AUTH_EMULATOR_HOST}/identitytoolkit.googleapis.com/v1`;

/** A request to the Auth emulator, as a client's SDK makes it. */
async function identity(
  action: 'signUp' | 'signInWithPassword',
  credentials: { email: string; password: string },
): Promise<{ localId: string; idToken: string }> {
  const url = `${identityToolkit()}/accounts:${action}?key=any`;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...credentials, returnSecureToken: true }),
  });
  return (await response.json()) as { localId: string; idToken: string };
}

/** Somebody who may act as an operator. */
export async function newAdmin(): Promise<Person> {
  // A claim is in the tokens that are given after it.
  return signUpAndIn((accountId) => getAuth(firebase()).setCustomUserClaims(accountId, { admin: true }));
}

/** Somebody with credits in the main wallet and a live key that may do everything. */
export async function personWithCredits(amountCredits: number): Promise<{ person: Person; key: Key }> {
  const person = await newPerson();
  if (amountCredits > 0) await person.grant(amountCredits);
  return { person, key: await person.createKey() };
}
