import { oneAtATime, type UnitOfWork } from '@cloud-bridge/base';
import type { DocumentReference, Firestore } from 'firebase-admin/firestore';
import type { UsdcChainName } from '../payments/usdcChains.ts';
import type { DepositAddress } from './deposit.ts';
import type { ScanCursor } from './scanCursor.ts';

/**
 * `depositAddresses/{accountId}`, and two kinds of documents in `depositState`: `addresses`, how many were allotted,
 * and `scan_{chain}`, how far a chain has been looked through.
 */
export class DepositStore {
  /** Allotments of all accounts write one document: within a process they queue for it instead of racing. */
  readonly allotInTurn = oneAtATime();
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  #address(accountId: string): DocumentReference {
    return this.#db.collection('depositAddresses').doc(accountId);
  }

  #state(name: string): DocumentReference {
    return this.#db.collection('depositState').doc(name);
  }

  async findAddress(accountId: string): Promise<DepositAddress | null> {
    return ((await this.#address(accountId).get()).data() as DepositAddress | undefined) ?? null;
  }

  /** An account's address, and how many addresses were ever allotted; null for none yet. */
  async findAllotmentIn(
    unit: UnitOfWork,
    accountId: string,
  ): Promise<{ address: DepositAddress | null; allottedCount: number | null }> {
    const [own, counter] = await unit.getAll(this.#address(accountId), this.#state('addresses'));
    return {
      address: (own?.data() as DepositAddress | undefined) ?? null,
      allottedCount: (counter?.get('allottedCount') as number | undefined) ?? null,
    };
  }

  /** Writes an account's address and counts it; the unit has read both. */
  allotIn(unit: UnitOfWork, address: DepositAddress, allottedCountBefore: number | null): void {
    unit.create(this.#address(address.accountId), { ...address });
    const counted = { allottedCount: address.index + 1 };
    if (allottedCountBefore === null) unit.create(this.#state('addresses'), counted);
    else unit.update(this.#state('addresses'), counted);
  }

  /** Addresses of all accounts in the order in which they were allotted. */
  async listAddresses(afterIndex: number, limit: number): Promise<DepositAddress[]> {
    const addresses = this.#db.collection('depositAddresses').orderBy('index').startAfter(afterIndex).limit(limit);
    return (await addresses.get()).docs.map((document) => document.data() as DepositAddress);
  }

  async deleteAddress(accountId: string): Promise<void> {
    await this.#address(accountId).delete();
  }

  async readCursor(chain: UsdcChainName): Promise<ScanCursor | null> {
    return ((await this.#state(`scan_${chain}`).get()).data() as ScanCursor | undefined) ?? null;
  }

  async writeCursor(chain: UsdcChainName, cursor: ScanCursor): Promise<void> {
    await this.#state(`scan_${chain}`).set({ ...cursor });
  }
}
