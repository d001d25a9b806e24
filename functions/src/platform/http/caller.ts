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

/** What a key is restricted to, beside its scopes and its expiry; null: not restricted in this. */
export interface KeyRules {
  /** Requests a minute, beside the account's own limit. */
  readonly rateLimitPerMinute: number | null;
  /** Addresses and CIDR ranges, IPv4 and IPv6, that it is accepted from. */
  readonly allowedIps: readonly string[] | null;
  readonly allowedOperations: readonly string[] | null;
  readonly allowedModels: readonly string[] | null;
  readonly creditsPerDay: number | null;
  readonly creditsPerMonth: number | null;
  /** The part of a cap at which the account is told. */
  readonly alertPercent: number | null;
}
