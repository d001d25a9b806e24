import type { AuditLogStore } from './auditLog.store.ts';

/** What records the changes of operators. */
export interface AuditLogNeeds {
  readonly auditLog: AuditLogStore;
}
