import { ERASURE_STEPS } from '../access/accounts/accountKeeper.ts';
import { EXPORT_SECTIONS } from '../access/accounts/accounts.schemas.ts';
import { keepersOf } from './keepers.ts';

const keepers = keepersOf({ providers: { stripe: {} } } as Parameters<typeof keepersOf>[0]);

it('every section of the export has exactly one keeper', () => {
  const kept = keepers.flatMap(({ sections }) => Object.keys(sections ?? {}));
  expect(kept.sort()).toEqual([...EXPORT_SECTIONS].sort());
});

it('every step of the erasure has exactly one keeper', () => {
  const kept = keepers.flatMap(({ erasures }) => Object.keys(erasures ?? {}));
  expect(kept.sort()).toEqual([...ERASURE_STEPS].sort());
});
