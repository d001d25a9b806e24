import { changeUser, newAdmin } from '../../support/people.ts';

it('an operator who loses the claim is refused at the next request, even with an older token', async () => {
  const admin = await newAdmin();
  (await admin.send('GET', '/admin/plans')).expect(200);
  await changeUser(admin.accountId, { customAttributes: '{}' });
  (await admin.send('GET', '/admin/plans')).expectError(403, 'ADMIN_REQUIRED');
  // The operator's rights as an owner have not changed.
  (await admin.send('GET', '/account')).expect(200);
});

it('an operator whose user is disabled is refused at the next request', async () => {
  const admin = await newAdmin();
  (await admin.send('GET', '/admin/plans')).expect(200);
  await changeUser(admin.accountId, { disableUser: true });
  expect((await admin.send('GET', '/admin/plans')).status).toBe(401);
});
