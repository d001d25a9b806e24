import * as z from 'zod';
import { data } from './replies.ts';
import { defineRoute } from './route.ts';
import { dataOf } from './schemas.ts';

export const healthRoutes = [
  defineRoute({
    method: 'get',
    path: '/health',
    tag: 'About',
    summary: 'Is it up',
    access: { to: 'public' },
    response: dataOf(z.object({ status: z.literal('ok') })),
    handle: async () => data({ status: 'ok' as const }),
  }),
];
