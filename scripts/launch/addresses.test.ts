import { withAddresses } from './addresses.mjs';

const lock = {
  packages: {
    '': { version: '0.1.0' },
    'node_modules/zod': { version: '4.6.7', integrity: 'sha512-a' },
    'node_modules/jest/node_modules/@types/node': { version: '24.1.0', integrity: 'sha512-b' },
    'node_modules/typescript-5': { name: 'typescript', version: '5.9.3', integrity: 'sha512-c' },
    'node_modules/elsewhere': { version: '1.0.0', integrity: 'sha512-d', resolved: 'https://files.example/e.tgz' },
  },
};

function addressesWith(npmConfig: Record<string, unknown>) {
  const { packages } = withAddresses(lock, npmConfig);
  return Object.fromEntries(Object.entries(packages).map(([path, { resolved }]) => [path, resolved]));
}

it('every package that has no address gets that of its tarball in the registry', () => {
  expect(addressesWith({ registry: 'https://registry.example/npm/' })).toEqual({
    '': undefined,
    'node_modules/zod': 'https://registry.example/npm/zod/-/zod-4.6.7.tgz',
    'node_modules/jest/node_modules/@types/node': 'https://registry.example/npm/@types/node/-/node-24.1.0.tgz',
    'node_modules/typescript-5': 'https://registry.example/npm/typescript/-/typescript-5.9.3.tgz',
    'node_modules/elsewhere': 'https://files.example/e.tgz',
  });
});

it('a scope with a registry of its own is asked for there', () => {
  const addresses = addressesWith({ registry: 'https://a.example', '@types:registry': 'https://b.example' });
  expect(addresses['node_modules/zod']).toBe('https://a.example/zod/-/zod-4.6.7.tgz');
  expect(addresses['node_modules/jest/node_modules/@types/node']).toBe(
    'https://b.example/@types/node/-/node-24.1.0.tgz',
  );
});

it('nothing else of the lock is changed', () => {
  const { packages } = withAddresses(lock, { registry: 'https://a.example' });
  const without = Object.entries(packages).map(([path, { resolved: _, ...entry }]) => [path, entry]);
  const { resolved: _, ...elsewhere } = lock.packages['node_modules/elsewhere'];
  expect(Object.fromEntries(without)).toEqual({ ...lock.packages, 'node_modules/elsewhere': elsewhere });
});
