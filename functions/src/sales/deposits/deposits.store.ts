import { oneAtATime, storedAs, type UnitOfWork } from '@cloud-bridge/base';
import type { CollectionReference, DocumentReference, Firestore } from 'firebase-admin/firestore';
import type { UsdcChainName } from '../payments/usdcChains.ts';
import type { DepositAddress } from './deposit.ts';
import type { ScanCursor } from './scanCursor.ts';

/** The count of all allotted addresses. */
interface Allotments {
  readonly allottedCount: number;
}

const DEPOSIT_ADDRESSES = storedAs<DepositAddress>();
const ALLOTMENTS = storedAs<Allotments>();
const SCAN_CURSORS = storedAs<ScanCursor>();

/**
 * `depositAddresses/{accountId}`, and two kinds of documents in `depositState`: `addresses` counts the allotted
 * addresses, and `scan_{chain}` records how far a chain has been scanned.
 */
export class DepositStore {
  /**
   * Queues the allotments of this process, because allotments of all accounts write one document and would otherwise
   * race.
   */
  readonly allotInTurn = oneAtATime();
  readonly #db: Firestore;

  constructor(db: Firestore) {
    this.#db = db;
  }

  get #addresses(): CollectionReference<DepositAddress> {
    return this.#db.collection('depositAddresses').withConverter(DEPOSIT_ADDRESSES);
  }

  #address(accountId: string): DocumentReference<DepositAddress> {
    return this.#addresses.doc(accountId);
  }

  get #allotments(): DocumentReference<Allotments> {
    return this.#db.collection('depositState').withConverter(ALLOTMENTS).doc('addresses');
  }

  #cursor(chain: UsdcChainName): DocumentReference<ScanCursor> {
    return this.#db.collection('depositState').withConverter(SCAN_CURSORS).doc(`scan_${chain}`);
  }

  async findAddress(accountId: string): Promise<DepositAddress | null> {
    return (await this.#address(accountId).get()).data() ?? null;
  }

  /** Reads an account's address, and the count of all allotted addresses; each is null if there is none yet. */
  async findAllotmentIn(
    unit: UnitOfWork,
    accountId: string,
  ): Promise<{ address: DepositAddress | null; allottedCount: number | null }> {
    const [own, counter] = await unit.getAll(this.#address(accountId), this.#allotments);
    return {
      address: own.data() ?? null,
      allottedCount: counter.data()?.allottedCount ?? null,
    };
  }

  /** Writes an account's address and raises the count; the unit has read both. */
  allotIn(unit: UnitOfWork, address: DepositAddress, allottedCountBefore: number | null): void {
    unit.create(this.#address(address.accountId), address);
    const counted = { allottedCount: address.index + 1 };
    if (allottedCountBefore === null) unit.create(this.#allotments, counted);
    else unit.update(this.#allotments, ALLOTMENTS.whole(counted));
  }

  /** Lists addresses of all accounts in the order of allotment. */
  async listAddresses(afterIndex: number, limit: number): Promise<DepositAddress[]> {
    const addresses = this.#addresses.orderBy('index').startAfter(afterIndex).limit(limit);
    return (await addresses.get()).docs.map((document) => document.data());
  }

  async deleteAddress(accountId: string): Promise<void> {
    await this.#address(accountId).delete();
  }

  async readCursor(chain: UsdcChainName): Promise<ScanCursor | null> {
    return (await this.#cursor(chain).get()).data() ?? null;
  }

  async writeCursor(chain: UsdcChainName, cursor: ScanCursor): Promise<void> {
    await this.#cursor(chain).set(cursor);
  }
}
