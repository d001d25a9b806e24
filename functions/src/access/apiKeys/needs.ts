import type { Clock } from '@cloud-bridge/base';
import type { Ledger } from '@cloud-bridge/ledger';
import type { ApiKeyStore } from './apiKeys.store.ts';
import type { KnownOperations, RequireIntegration, RequireRunningWallet } from './ports.ts';

/** Needs of the code that creates, restricts, rotates and revokes keys. */
export interface ApiKeysNeeds {
  readonly apiKeys: ApiKeyStore;
  readonly catalog: KnownOperations;
  readonly clock: Clock;
  readonly requireIntegration: RequireIntegration;
  readonly requireRunningWallet: RequireRunningWallet;
  readonly wallets: Ledger;
}
