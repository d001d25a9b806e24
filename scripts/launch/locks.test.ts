import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly resolved?: string }>>;
}

const root = join(__dirname, '../..');
const read = <T>(file: string): T => JSON.parse(readFileSync(join(root, file), 'utf8')) as T;
const rootLock = read<Lock>('package-lock.json');
const uploadedLock = read<Lock>('functions/package-lock.json');
const { dependencies } = read<{ dependencies: Record<string, string> }>('functions/package.json');

describe('functions/package-lock.json, which a deployment uploads', () => {
  it.each(Object.keys(dependencies))('has the version of %s that the tests use', (name) => {
    const tested = rootLock.packages[`functions/node_modules/${name}`] ?? rootLock.packages[`node_modules/${name}`];
    expect(uploadedLock.packages[`node_modules/${name}`]?.version).toBe(tested?.version);
  });
});

it.each([
  ['package-lock.json', rootLock],
  ['functions/package-lock.json', uploadedLock],
])('%s names no download address', (_file, lock) => {
  const addresses = Object.values(lock.packages).flatMap(({ resolved }) => (resolved?.includes(':') ? [resolved] : []));
  expect(addresses).toEqual([]);
});
