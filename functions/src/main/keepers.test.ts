import { ERASURE_STEPS } from '../access/accounts/accountKeeper.ts';
import { EXPORT_SECTIONS } from '../access/accounts/accounts.schemas.ts';
import { keepersOf } from './keepers.ts';

const keepers = keepersOf({ providers: { stripe: {} } } as Parameters<typeof keepersOf>[0]);

it('each section of the export has one keeper, and no keeper has another section', () => {
  const kept = keepers.flatMap(({ sections }) => Object.keys(sections ?? {}));
  expect(kept.sort()).toEqual([...EXPORT_SECTIONS].sort());
});

it('each step of the erasure has one keeper, and no keeper has another step', () => {
  const kept = keepers.flatMap(({ erasures }) => Object.keys(erasures ?? {}));
  expect(kept.sort()).toEqual([...ERASURE_STEPS].sort());
});
