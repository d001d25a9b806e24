import { isoTime } from '@cloud-bridge/base';
import { asked } from '../../src/sales/invoicing/invoicing.ts';
import type { Person } from './people.ts';
import { database } from './suite.ts';

/** Records an account's request to pay by invoice, without the API, which requires purchases of several months. */
export async function askForInvoicing(accountId: string): Promise<void> {
  await database()
    .doc(`invoicing/${accountId}`)
    .set(asked(null, accountId, isoTime(Date.now())));
}

/** Allows an account to pay by invoice within two weeks. */
export async function allowInvoicing(accountId: string, admin: Person): Promise<void> {
  await askForInvoicing(accountId);
  const body = { daysUntilDue: 14 };
  (await admin.send('POST', `/admin/invoicing/${accountId}/approve`, { body })).expect(200);
}
