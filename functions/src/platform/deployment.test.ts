import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FUNCTION_NAMES, REGION } from './deployment.ts';

interface HostingConfig {
  readonly hosting: { readonly rewrites: readonly unknown[] };
}

it('firebase.json routes the API to the function in its region', () => {
  const file = join(__dirname, '..', '..', '..', 'firebase.json');
  const { hosting } = JSON.parse(readFileSync(file, 'utf8')) as HostingConfig;

  expect(hosting.rewrites).toEqual([
    { source: '/api/**', function: { functionId: FUNCTION_NAMES.api, region: REGION } },
  ]);
});
