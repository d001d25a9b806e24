import { randomUUID } from 'node:crypto';
import { Ledger } from '@cloud-bridge/ledger';
import { getAuth } from 'firebase-admin/auth';
import { type Reply, type RequestOptions, send } from './apiClient.ts';
import { database, firebase, PROJECT } from './suite.ts';

/** A user with a new account. */
export class Person {
  readonly accountId: string;
  readonly idToken: string;

  constructor(accountId: string, idToken: string) {
    this.accountId = accountId;
    this.idToken = idToken;
  }

  /** Sends a request with the person's ID token. */
  send(method: string, path: string, options: RequestOptions = {}): Promise<Reply> {
    return send(method, path, { ...options, headers: { authorization: `Bearer ${this.idToken}`, ...options.headers } });
  }

  /** Creates an API key of the person. */
  async createKey(request: Record<string, unknown> = {}): Promise<Key> {
    const { data } = (await this.send('POST', '/account/keys', { body: request })).expect(201);
    return new Key(data.id, data.apiKey);
  }

  /** Grants credits without a purchase, as an operator's own code would. */
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

/** An API key as an integration uses it. */
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
 * Signs a new user up with the Auth emulator, and then in. The emulator reads the clock twice at a sign-up: for the
 * token, and for the user's oldest valid token. If a second begins in between, the sign-up's token counts as revoked.
 */
export async function newPerson(): Promise<Person> {
  return signUpAndIn(proveAddress);
}

/** Creates a person with an unverified address. */
export async function newPersonUnverified(): Promise<Person> {
  return signUpAndIn(async () => {});
}

/** Marks a user's address as verified in the Auth emulator. */
export async function proveAddress(accountId: string): Promise<void> {
  await changeUser(accountId, { emailVerified: true });
}

/** Changes a user, as an operator does in Firebase's console. */
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

/** Signs an existing user in. */
export async function signIn(credentials: { email: string; password: string }): Promise<Person> {
  const { localId, idToken } = await identity('signInWithPassword', credentials);
  return new Person(localId, idToken);
}

const identityToolkit = () => `http://${process.env.FIREBASE_AUTH_EMULATOR_HOST}/identitytoolkit.googleapis.com/v1`;

/** Sends a request to the Auth emulator, as a client's SDK does. */
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

/** Creates a person with the claim of an operator. */
export async function newAdmin(): Promise<Person> {
  // Only tokens that are issued after the claim was set contain the claim.
  return signUpAndIn((accountId) => getAuth(firebase()).setCustomUserClaims(accountId, { admin: true }));
}

/** Creates a person with credits in the main wallet and a live key with all scopes. */
export async function personWithCredits(amountCredits: number): Promise<{ person: Person; key: Key }> {
  const person = await newPerson();
  if (amountCredits > 0) await person.grant(amountCredits);
  return { person, key: await person.createKey() };
}
