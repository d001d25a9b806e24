import type Stripe from 'stripe';
import type { Person } from './people.ts';
import { stripe } from './stripeControl.ts';
import { database, HOSTING_URL } from './suite.ts';

/** Saves a test card, as the person would on the shop's own page. Returns the card's id. */
export async function saveCard(person: Person, testCard = 'pm_card_visa'): Promise<string> {
  const { clientSecret } = (await person.send('POST', '/billing/setup-intent')).expect(201).data;
  const [id] = clientSecret.split('_secret_');
  const intent = await stripe.setupIntents.confirm(id, { payment_method: testCard, return_url: `${HOSTING_URL}/` });
  return intent.payment_method as string;
}

/** Returns a card of the person as the API shows it. */
export async function cardOf(person: Person, id: string) {
  const { data } = (await person.send('GET', '/billing/payment-methods')).expect(200);
  return data.find((card: { id: string }) => card.id === id);
}

/** Returns the account's customer at Stripe. */
export async function customerOf(person: Person): Promise<Stripe.Customer> {
  const id = (await database().doc(`accounts/${person.accountId}`).get()).get('customerIds.stripe');
  return (await stripe.customers.retrieve(id)) as Stripe.Customer;
}
