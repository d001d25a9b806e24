import type { AuditLogStore } from './auditLog.store.ts';

/** Needs of the code that records changes by operators. */
export interface AuditLogNeeds {
  readonly auditLog: AuditLogStore;
}
