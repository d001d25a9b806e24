import { once } from './once.ts';

it('a thing is made on first use, and only then', () => {
  let made = 0;
  const count = once(() => {
    made += 1;
    return made;
  });
  expect(made).toBe(0);
  expect([count(), count()]).toEqual([1, 1]);
});

it('a thing that could not be made is made on the next use', () => {
  let tries = 0;
  const thing = once(() => {
    tries += 1;
    if (tries === 1) throw new Error('not yet');
    return tries;
  });
  expect(thing).toThrow('not yet');
  expect([thing(), thing()]).toEqual([2, 2]);
});

it('a promise is shared by all who ask while it is pending, and forgotten when it fails', async () => {
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
