import { entryFor } from './eventTable.ts';

const TABLE = { 'refund.created': 1, 'subscription.*': 2, 'subscription.paid': 3 };

it.each([
  ['refund.created', 1],
  ['subscription.paid', 3],
  ['subscription.active', 2],
  ['subscription.a.new.one', 2],
  ['subscription.\nwith a line', 2],
  ['refund.updated', null],
  ['subscription', null],
  ['subscriptions.paid', null],
  ['a.subscription.paid', null],
  ['constructor', null],
  ['__proto__', null],
  ['', null],
])('the table’s entry for %j is %j', (type, entry) => expect(entryFor(TABLE, type)).toBe(entry));
