import { parseCursor, timePosition, timePositionOf } from '../../platform/http/cursors.ts';
import { list, toPage } from '../../platform/http/replies.ts';
import { defineRoute } from '../../platform/http/route.ts';
import { DEFAULT_PAGE_SIZE, listOf } from '../../platform/http/schemas.ts';
import { auditLogQuery, auditRecordSchema, renderAuditRecord } from './auditLog.schemas.ts';
import type { AuditLogNeeds } from './needs.ts';

export const auditLogRoutes = [
  defineRoute({
    method: 'get',
    path: '/admin/audit-log',
    tag: 'Admin',
    summary: 'List the changes by operators, newest first',
    access: { to: 'admin' },
    query: auditLogQuery,
    response: listOf(auditRecordSchema),
    handle: async (deps: AuditLogNeeds, { query }) => {
      const { limit = DEFAULT_PAGE_SIZE, cursor, accountId } = query;
      const after = parseCursor(cursor, timePosition);
      const page = toPage(await deps.auditLog.list({ accountId, limit: limit + 1, after }), limit, timePositionOf);
      return list({ ...page, items: page.items.map(renderAuditRecord) });
    },
  }),
];
