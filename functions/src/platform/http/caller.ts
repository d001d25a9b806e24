/** The permissions that an API key may have. */
export const SCOPES = ['balance:read', 'charges:read', 'charges:write', 'deliveries:read', 'deliveries:write'] as const;
export type Scope = (typeof SCOPES)[number];

/** A caller with an API key that spends credits. */
interface KeyCaller {
  readonly kind: 'key';
  readonly accountId: string;
  readonly keyId: string;
  readonly scopes: readonly Scope[];
  /** The wallet that the key spends from. */
  readonly walletId: string;
  /** The store integration that the key belongs to; null if none. */
  readonly integrationId: string | null;
  /** The key's restrictions besides its scopes; none if missing. */
  readonly rules?: KeyRules;
}

/** The owner of an account, with an ID token or a management key. */
export interface AccountCaller {
  readonly kind: 'account';
  readonly accountId: string;
  readonly via: 'idToken' | 'managementKey';
  /** True for an operator: a signed-in user with the custom claim `admin: true`. */
  readonly isAdmin: boolean;
}

export type Caller = KeyCaller | AccountCaller;

/** Returns the id of the API key that made the request; undefined for the owner. */
export function callerKeyId(caller: Caller): string | undefined {
  return caller.kind === 'key' ? caller.keyId : undefined;
}

/** Returns the id of the store integration whose key made the request; undefined if there is none. */
export function callerIntegrationId(caller: Caller): string | undefined {
  return caller.kind === 'key' ? (caller.integrationId ?? undefined) : undefined;
}

/** Returns the rules of the API key that made the request; undefined for the owner. */
export function callerRules(caller: Caller): KeyRules | undefined {
  return caller.kind === 'key' ? caller.rules : undefined;
}

/** A key's restrictions besides its scopes and expiry. Null means no restriction. */
export interface KeyRules {
  /** Requests per minute, in addition to the account's limit. */
  readonly rateLimitPerMinute: number | null;
  /** IPv4 and IPv6 addresses and CIDR ranges from which the key is accepted. */
  readonly allowedIps: readonly string[] | null;
  readonly allowedOperations: readonly string[] | null;
  readonly allowedModels: readonly string[] | null;
  readonly creditsPerDay: number | null;
  readonly creditsPerMonth: number | null;
  /** The percentage of a cap at which the account is notified. */
  readonly alertPercent: number | null;
}
