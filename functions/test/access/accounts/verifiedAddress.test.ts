import { randomUUID } from 'node:crypto';
import { runUnitOfWork } from '@cloud-bridge/base';
import type { Parts } from '../../../src/main/compose.ts';
import { newEvent } from '../../../src/notices/events/accountEvent.ts';
import { dispatchEvent } from '../../../src/notices/webhooks/dispatchEvent.ts';
import { customerOf, saveCard } from '../../support/cards.ts';
import { suiteDeps } from '../../support/functionsTest.ts';
import { changeUser, newPerson, newPersonUnverified, type Person } from '../../support/people.ts';
import { database } from '../../support/suite.ts';

let deps: Parts;
beforeAll(() => {
  deps = suiteDeps();
});

/** Returns the address that an event is mailed to; null if no mail is sent. */
async function mailedTo({ accountId }: Person): Promise<string[] | null> {
  const event = newEvent({ accountId, type: 'credits.depleted' }, [randomUUID()], {}, deps.clock());
  await runUnitOfWork(deps.db, async (unit) => deps.accountEvents.createIn(unit, event));
  // The trigger dispatches the event too; the second dispatch changes nothing.
  await dispatchEvent(deps, event.id);
  return (await database().doc(`mail/${event.id}`).get()).get('to') ?? null;
}

it('an unverified address gets no mail, and no receipts from Stripe', async () => {
  const person = await newPersonUnverified();
  (await person.send('GET', '/account')).expect(200);
  expect(await mailedTo(person)).toBeNull();
  await saveCard(person);
  expect((await customerOf(person)).email).toBeNull();
});

it('a verified address gets mail and receipts, and mail goes to the present address', async () => {
  const person = await newPerson();
  const { email } = (await person.send('GET', '/account')).expect(200).data;
  await saveCard(person);
  expect((await customerOf(person)).email).toBe(email);
  expect(await mailedTo(person)).toEqual([email]);
  const other = `${randomUUID()}@example.com`;
  await changeUser(person.accountId, { email: other, emailVerified: true });
  expect(await mailedTo(person)).toEqual([other]);
});
