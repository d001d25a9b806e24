import { hasLapsed, isAccountId, isoTime } from '@cloud-bridge/base';
import { unauthenticated } from '../../platform/errors/refusal.ts';
import type { AccountCaller, Caller } from '../../platform/http/caller.ts';
import { clientAddress } from '../../platform/http/clientAddress.ts';
import type { HttpRequest as Request } from '../../platform/http/express.ts';
import {
  adminRequired,
  credentialInvalid,
  credentialMissing,
  credentialNotAllowed,
  scopeMissing,
} from '../../platform/http/http.errors.ts';
import type { Access } from '../../platform/http/route.ts';
import type { OwnerIdentity } from '../accounts/account.ts';
import { accountDeleted } from '../accounts/accounts.errors.ts';
import { assertOperatorStands } from '../accounts/assertOperatorStands.ts';
import type { Identity } from '../accounts/verifyIdToken.ts';
import { claimedKind, isWellFormedSecret, walletIdOf } from '../apiKeys/apiKey.ts';
import { addressNotAllowed } from '../apiKeys/apiKeys.errors.ts';
import { isInRanges } from '../apiKeys/ipRanges.ts';
import { rulesOf } from '../apiKeys/keyRules.ts';
import type { RequestsNeeds } from './needs.ts';

/** A credential and the header that it was sent in. */
interface Credential {
  readonly header: 'x-api-key' | 'authorization';
  readonly value: string;
}

/**
 * Identifies the caller by `x-api-key` or `Authorization: Bearer`.
 * @param access the access that the route requires; on operators' routes, Firebase Auth is asked about the user
 * @throws CREDENTIAL_MISSING, CREDENTIAL_AMBIGUOUS, CREDENTIAL_INVALID, CREDENTIAL_EXPIRED or CREDENTIAL_REVOKED,
 *   ADDRESS_NOT_ALLOWED for a key that isn't accepted from where it is sent, ACCOUNT_DELETED, CREDENTIAL_NOT_ALLOWED
 *   for a user who can't have an account, and what {@link assertOperatorStands} throws
 */
export async function authenticate(deps: RequestsNeeds, request: Request, access: Access): Promise<Caller> {
  const credential = readCredential(request);
  if (!claimedKind(credential.value)) return callerOfIdToken(deps, credential, access);
  return callerOfKey(deps, credential, clientAddress(request, deps.config.proxyHops));
}

/**
 * Refuses a caller who doesn't have the access that a route requires.
 * @throws ADMIN_REQUIRED, CREDENTIAL_NOT_ALLOWED, SCOPE_MISSING
 */
export function authorize(caller: Caller, access: Access): void {
  if (access.to === 'admin') {
    if (caller.kind !== 'account' || !caller.isAdmin) throw adminRequired();
    return;
  }
  if (caller.kind !== 'key' || access.to === 'public') return;
  if (access.to === 'account') {
    throw credentialNotAllowed('Only the account owner may do this, with an ID token or a management key.');
  }
  if (!caller.scopes.includes(access.scope)) throw scopeMissing(access.scope);
}

function readCredential(request: Request): Credential {
  const apiKey = request.get('x-api-key')?.trim();
  const authorization = request.get('authorization')?.trim();
  if (apiKey && authorization) {
    throw unauthenticated('CREDENTIAL_AMBIGUOUS', 'Send either x-api-key or Authorization, not both.');
  }
  if (apiKey) return { header: 'x-api-key', value: apiKey };
  if (!authorization) throw credentialMissing();
  const [scheme, value, ...rest] = authorization.split(/\s+/);
  if (scheme?.toLowerCase() !== 'bearer' || !value || rest.length > 0) {
    throw unauthenticated('CREDENTIAL_INVALID', 'Authorization must be Bearer followed by one token.');
  }
  return { header: 'authorization', value };
}

async function callerOfKey(
  deps: RequestsNeeds,
  { header, value }: Credential,
  address: string | null,
): Promise<Caller> {
  if (!isWellFormedSecret(value)) throw credentialInvalid();
  if (header === 'x-api-key' && claimedKind(value) === 'management') {
    throw unauthenticated('CREDENTIAL_INVALID', 'Send a management key as Authorization: Bearer.');
  }
  const found = await deps.apiKeys.findBySecret(value);
  if (!found) throw credentialInvalid();
  const { key, acceptedUntil } = found;
  if (key.revokedAt) throw unauthenticated('CREDENTIAL_REVOKED', 'The API key was revoked.');
  if (hasLapsed(key.expiresAt, deps.clock())) throw unauthenticated('CREDENTIAL_EXPIRED', 'The API key has expired.');
  if (hasLapsed(acceptedUntil, deps.clock())) {
    throw unauthenticated('CREDENTIAL_EXPIRED', 'The API key was rotated; use its new secret.');
  }
  const rules = rulesOf(key);
  if (rules.allowedIps !== null && !isInRanges(address, rules.allowedIps)) throw addressNotAllowed(address);
  const { accountId, id, scopes } = key;
  const walletId = walletIdOf(key);
  if (walletId === null) return { kind: 'account', accountId, via: 'managementKey', isAdmin: false };
  return { kind: 'key', accountId, keyId: id, scopes, walletId, integrationId: key.integrationId ?? null, rules };
}

async function callerOfIdToken(
  deps: RequestsNeeds,
  { header, value }: Credential,
  access: Access,
): Promise<AccountCaller> {
  if (header === 'x-api-key') throw credentialInvalid();
  const identity = await deps.verifyIdToken(value);
  if (!isAccountId(identity.uid)) throw credentialNotAllowed('A user with this id cannot have an account.');
  if (access.to === 'admin' && identity.admin === true) await assertOperatorStands(deps.users, identity);
  const isOpen = await deps.accounts.ensure(ownerIdentity(identity), deps.clock());
  if (!isOpen) throw accountDeleted();
  return { kind: 'account', accountId: identity.uid, via: 'idToken', isAdmin: identity.admin === true };
}

function ownerIdentity({ uid, email, email_verified, iat }: Identity): OwnerIdentity {
  return {
    id: uid,
    email: email ?? null,
    isEmailVerified: email !== undefined && email_verified === true,
    emailAsOf: isoTime(iat * 1000),
  };
}
