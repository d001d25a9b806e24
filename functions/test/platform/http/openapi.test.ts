import { createApp, routes } from '../../../src/main/app.ts';
import type { Parts } from '../../../src/main/compose.ts';
import { send } from '../../support/apiClient.ts';
import { openApi } from '../../support/openapiContract.ts';

interface Layer {
  readonly route?: { readonly path: string; readonly methods: Record<string, boolean> };
  readonly handle?: { readonly stack?: Layer[] };
}

/** Returns the routes mounted in Express, read from its routers. */
function mountedRoutes(): string[] {
  const deps = { config: { allowedOrigins: [] } } as unknown as Parts;
  const { router } = createApp(deps) as unknown as { router: { stack: Layer[] } };
  const mounted = (layers: readonly Layer[]): string[] =>
    layers.flatMap(({ route, handle }) => {
      if (!route) return mounted(handle?.stack ?? []);
      return Object.keys(route.methods)
        .filter((method) => method !== '_all')
        .map((method) => `${method} /api${route.path.replaceAll(/:(\w+)/g, '{$1}')}`);
    });
  return [...new Set(mounted(router.stack))].sort();
}

/** The documentation page and its script, which aren't part of the API. */
const PAGES = ['get /api/docs', 'get /api/docs/start.js'];

it('the documented routes are exactly the existing routes', async () => {
  const { paths } = await openApi();
  const documented = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method} ${path}`),
  );
  expect(mountedRoutes()).toEqual([...documented, ...PAGES].sort());
  expect(documented).toHaveLength(routes.length);
});

it('the document is OpenAPI 3.1, and every operation has its credentials and errors', async () => {
  const document = (await send('GET', '/openapi.json')).expect(200).json;
  expect(document.openapi).toBe('3.1.0');
  const ids: string[] = [];
  for (const item of Object.values<Record<string, Record<string, never>>>(document.paths)) {
    for (const operation of Object.values<Record<string, unknown>>(item)) {
      ids.push(operation.operationId as string);
      expect(operation.security).toBeDefined();
      expect(Object.keys(operation.responses as object).some((status) => Number(status) >= 400)).toBe(true);
    }
  }
  expect(new Set(ids).size).toBe(ids.length);
});
