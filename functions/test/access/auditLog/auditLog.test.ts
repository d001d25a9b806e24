import { randomBytes } from 'node:crypto';
import { askForInvoicing } from '../../support/invoicing.ts';
import { newAdmin, newPerson, type Person } from '../../support/people.ts';
import { database } from '../../support/suite.ts';

let admin: Person;
beforeAll(async () => {
  admin = await newAdmin();
});

const records = async (targetId: string) =>
  (await admin.send('GET', '/admin/audit-log?limit=100'))
    .expect(200)
    .data.filter((record: { targetId: string }) => record.targetId === targetId);

it('the creation and the disabling of a coupon are recorded once each', async () => {
  const code = `AUDIT${randomBytes(6).toString('hex').toUpperCase()}`;
  const create = () => admin.send('POST', '/admin/coupons', { body: { code, credits: 5 }, idempotencyKey: code });
  (await create()).expect(201);
  (await create()).expect(201);
  (await admin.send('POST', `/admin/coupons/${code}/disable`)).expect(200);
  (await admin.send('POST', `/admin/coupons/${code}/disable`)).expect(200);
  const [ended, created, ...others] = await records(code);
  expect(others).toEqual([]);
  expect(ended).toMatchObject({ action: 'coupon.disable', actorId: admin.accountId, before: { disabledAt: null } });
  expect(created).toMatchObject({ action: 'coupon.create', after: { benefit: { type: 'credits', credits: 5 } } });
});

it('decisions about invoicing are recorded, and a late repetition undoes nothing', async () => {
  const { accountId } = await newPerson();
  await askForInvoicing(accountId);
  const decide = (verb: string, body: object, idempotencyKey: string) =>
    admin.send('POST', `/admin/invoicing/${accountId}/${verb}`, { body, idempotencyKey });
  (await decide('approve', { daysUntilDue: 14 }, accountId)).expect(200);
  (await decide('decline', { reason: 'Too late' }, accountId)).expect(200);
  expect((await decide('approve', { daysUntilDue: 14 }, accountId)).expect(200).data.status).toBe('approved');
  expect((await database().doc(`invoicing/${accountId}`).get()).get('status')).toBe('declined');
  (await decide('approve', { daysUntilDue: 15 }, accountId)).expectError(422, 'IDEMPOTENCY_KEY_REUSED');
  expect(await records(accountId)).toMatchObject([
    { action: 'invoicing.decline', reason: 'Too late', before: { status: 'approved' }, after: { status: 'declined' } },
    { action: 'invoicing.approve', before: { status: 'requested' }, after: { status: 'approved', daysUntilDue: 14 } },
  ]);
});
