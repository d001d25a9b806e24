import type { KeyRules } from '../apiKeys/keyRules.ts';

/** What an integration's API key may be allowed to do. */
export const SCOPES = ['balance:read', 'charges:read', 'charges:write', 'deliveries:read', 'deliveries:write'] as const;
export type Scope = (typeof SCOPES)[number];

/** An integration, with an API key of its account. */
interface KeyCaller {
  readonly kind: 'key';
  readonly accountId: string;
  readonly keyId: string;
  readonly scopes: readonly Scope[];
  /** The wallet that the key spends from. */
  readonly walletId: string;
  /** The store integration that the key belongs to, if any. */
  readonly integrationId: string | null;
  /** What the key is restricted to beside its scopes; none unless given. */
  readonly rules?: KeyRules;
}

/** The owner of an account, signed in to the dashboard or automating it with a management key. */
export interface AccountCaller {
  readonly kind: 'account';
  readonly accountId: string;
  readonly via: 'idToken' | 'managementKey';
  /** An operator: signed in with a user that has the custom claim `admin: true`. */
  readonly isAdmin: boolean;
}

export type Caller = KeyCaller | AccountCaller;

/** The API key that made the request, for the record; none when the owner did. */
export function callerKeyId(caller: Caller): string | undefined {
  return caller.kind === 'key' ? caller.keyId : undefined;
}

/** The store integration whose key made the request, if it belongs to one. */
export function callerIntegrationId(caller: Caller): string | undefined {
  return caller.kind === 'key' ? (caller.integrationId ?? undefined) : undefined;
}

/** What the API key that made the request is restricted to; none when the owner did. */
export function callerRules(caller: Caller): KeyRules | undefined {
  return caller.kind === 'key' ? caller.rules : undefined;
}
