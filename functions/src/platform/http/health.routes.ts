import * as z from 'zod';
import type { HttpNeeds } from './needs.ts';
import { data } from './replies.ts';
import { defineRoute } from './route.ts';
import { dataOf } from './schemas.ts';

export const healthRoutes = [
  defineRoute({
    method: 'get',
    path: '/health',
    tag: 'About',
    summary: 'Check that the service is up',
    description: 'During maintenance data can be read, but not changed.',
    access: { to: 'public' },
    response: dataOf(z.object({ status: z.enum(['ok', 'maintenance']) })),
    handle: async ({ maintenance }: HttpNeeds) =>
      data({ status: (await maintenance.isOn()) ? ('maintenance' as const) : ('ok' as const) }),
  }),
];
