import type { CollectionReference, DocumentReference } from 'firebase-admin/firestore';
import type { Person } from '../../support/people.ts';
import { stripe } from '../../support/stripeControl.ts';
import { database } from '../../support/suite.ts';

type Documents = ReadonlyMap<string, FirebaseFirestore.DocumentData>;

/** A copy of a person's documents at a moment, which can be restored. */
export class Backup {
  readonly #person: Person;
  readonly #takenAt = new Date().toISOString();
  readonly #documents: Documents;

  private constructor(person: Person, documents: Documents) {
    this.#person = person;
    this.#documents = documents;
  }

  static async take(person: Person): Promise<Backup> {
    return new Backup(person, await documentsOf(person));
  }

  /**
   * Restores all documents of the person, as a restored backup does. Documents since then are lost, including the
   * markers of handled events and the position in the provider's list of events.
   */
  async restore(): Promise<void> {
    const db = database();
    for (const path of (await documentsOf(this.#person)).keys()) {
      if (!this.#documents.has(path)) await db.doc(path).delete();
    }
    for (const [path, fields] of this.#documents) await db.doc(path).set(fields);
    for (const path of await markersSince(this.#takenAt, this.#person)) await db.doc(path).delete();
    for (const provider of ['stripe', 'creem']) {
      await db.doc(`webhookBacklogs/${provider}`).set({ readUntil: this.#takenAt });
    }
  }
}

/** Collections whose documents have the account's id in a field. */
const OWNED = ['orders', 'subscriptions', 'accountEvents'];
/** Collections with one document for each account. */
const OF_ACCOUNTS = ['accounts', 'autoTopUps'];

async function documentsOf({ accountId }: Person): Promise<Map<string, FirebaseFirestore.DocumentData>> {
  const documents = new Map<string, FirebaseFirestore.DocumentData>();
  for (const name of OF_ACCOUNTS) await readTree(database().doc(`${name}/${accountId}`), documents);
  for (const name of OWNED) {
    const { docs } = await database().collection(name).where('accountId', '==', accountId).get();
    for (const document of docs) documents.set(document.ref.path, document.data());
  }
  return documents;
}

async function readTree(reference: DocumentReference, documents: Map<string, FirebaseFirestore.DocumentData>) {
  const snapshot = await reference.get();
  const fields = snapshot.data();
  if (fields) documents.set(reference.path, fields);
  for (const collection of await reference.listCollections()) await readCollection(collection, documents);
}

async function readCollection(collection: CollectionReference, documents: Map<string, FirebaseFirestore.DocumentData>) {
  for (const reference of await collection.listDocuments()) await readTree(reference, documents);
}

/** Finds the markers of the person's own events. Other markers aren't touched, because other tests check them. */
async function markersSince(since: string, { accountId }: Person): Promise<string[]> {
  const { docs } = await database().collection('webhookEvents').where('handledAt', '>=', since).get();
  const orders = await ordersAtStripe(accountId);
  return docs.filter((marker) => orders.has(marker.get('eventId'))).map(({ ref }) => ref.path);
}

/** Lists events at Stripe about the account or its customer. */
async function ordersAtStripe(accountId: string): Promise<ReadonlySet<string>> {
  const { data: customers } = await stripe.customers.list({ limit: 100 });
  const own = customers.filter(({ metadata }) => metadata.accountId === accountId).map(({ id }) => id);
  const ids = new Set<string>();
  for await (const event of stripe.events.list({ limit: 100 })) {
    const text = JSON.stringify(event);
    if ([accountId, ...own].some((id) => text.includes(`"${id}"`))) ids.add(event.id);
  }
  return ids;
}
