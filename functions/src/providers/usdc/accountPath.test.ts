import { accountPath } from './accountPath.ts';

it('never changes for an account, so that deposits to an address from years ago still arrive', () => {
  expect(accountPath('alice')).toEqual([384_732_022, 1_140_704_497, 116_990_016, 1_501_660_572]);
});

it('differs for every account', () => {
  const paths = new Set(Array.from({ length: 10_000 }, (_, number) => accountPath(`user-${number}`).join('/')));
  expect(paths.size).toBe(10_000);
});

it('has four steps that need no private key', () => {
  for (const accountId of ['a', 'b', 'ü', 'x'.repeat(128)]) {
    const path = accountPath(accountId);
    expect(path).toHaveLength(4);
    for (const index of path) expect(index >= 0 && index < 2 ** 31).toBe(true);
  }
});
