import { storedAs } from '@cloud-bridge/base';
import type { Wallet } from './wallet.ts';

/** Converts between wallets and their documents. A document has all fields of its wallet. */
export const WALLETS = storedAs<Wallet>();
