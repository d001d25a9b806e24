import { once } from './once.ts';

it('makes the value once, on first use', () => {
  let made = 0;
  const count = once(() => {
    made += 1;
    return made;
  });
  expect(made).toBe(0);
  expect([count(), count()]).toEqual([1, 1]);
});

it('tries again on the next use when making the value failed', () => {
  let tries = 0;
  const thing = once(() => {
    tries += 1;
    if (tries === 1) throw new Error('not yet');
    return tries;
  });
  expect(thing).toThrow('not yet');
  expect([thing(), thing()]).toEqual([2, 2]);
});

it('shares a pending promise among all callers, and forgets a rejected promise', async () => {
  let tries = 0;
  const thing = once(async () => {
    tries += 1;
    if (tries === 1) throw new Error('not yet');
    return tries;
  });
  const [one, other] = [thing(), thing()];
  await expect(one).rejects.toThrow('not yet');
  await expect(other).rejects.toThrow('not yet');
  expect(await Promise.all([thing(), thing()])).toEqual([2, 2]);
  expect(await thing()).toBe(2);
});
