import { storedAs } from '@cloud-bridge/base';
import type { Wallet } from './wallet.ts';

/** Converts between wallets and their documents, which have all fields of a wallet. */
export const WALLETS = storedAs<Wallet>();
