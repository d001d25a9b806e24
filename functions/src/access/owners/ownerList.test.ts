import type { UserStanding } from '../accounts/users.ts';
import { blockedAfter, changesOf } from './ownerList.ts';

const standings = (values: Record<string, UserStanding>) => new Map(Object.entries(values));

it('returns only owners whose state has changed since the last check', () => {
  const list = {
    accountIds: ['a', 'b', 'c', 'd', 'e'],
    blocked: { 1: 'disabled', 2: 'disabled', 3: 'deleted' },
  } as const;
  const now = standings({ a: 'disabled', b: 'disabled', c: 'active', d: 'deleted', e: 'active' });
  const changes = changesOf(list, now);
  expect(changes).toEqual([
    { accountId: 'a', place: '0', block: 'disabled' },
    { accountId: 'c', place: '2', block: null },
  ]);
  const blocked = blockedAfter(list.blocked, changes);
  expect(blocked).toEqual({ 0: 'disabled', 1: 'disabled', 3: 'deleted' });
  expect(changesOf({ ...list, blocked }, now)).toEqual([]);
});

it('returns a change for a disabled owner who is then deleted', () => {
  const list = { accountIds: ['a'], blocked: { 0: 'disabled' } } as const;
  expect(changesOf(list, standings({ a: 'deleted' }))).toEqual([{ accountId: 'a', place: '0', block: 'deleted' }]);
});
