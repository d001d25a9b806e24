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

/** Whom an event that is worth a letter is mailed to; null: to nobody. */
async function mailedTo({ accountId }: Person): Promise<string[] | null> {
  const event = newEvent({ accountId, type: 'credits.depleted' }, [randomUUID()], {}, deps.clock());
  await runUnitOfWork(deps.db, async (unit) => deps.accountEvents.createIn(unit, event));
  // The trigger does it as well; whoever comes second changes nothing.
  await dispatchEvent(deps, event.id);
  return (await database().doc(`mail/${event.id}`).get()).get('to') ?? null;
}

it('an address that nobody has proved gets no mail, and no receipts from Stripe', async () => {
  const person = await newPersonUnverified();
  (await person.send('GET', '/account')).expect(200);
  expect(await mailedTo(person)).toBeNull();
  await saveCard(person);
  expect((await customerOf(person)).email).toBeNull();
});

it('an address that is proved gets them, and mail goes to the one that is in force', async () => {
  const person = await newPerson();
  const { email } = (await person.send('GET', '/account')).expect(200).data;
  await saveCard(person);
  expect((await customerOf(person)).email).toBe(email);
  expect(await mailedTo(person)).toEqual([email]);
  const other = `${randomUUID()}@example.com`;
  await changeUser(person.accountId, { email: other, emailVerified: true });
  expect(await mailedTo(person)).toEqual([other]);
});
