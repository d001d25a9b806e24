import * as z from 'zod';
import { accountIdSchema, pageQuery, text, timeOut } from '../../platform/http/schemas.ts';
import { type AuditRecord, OPERATOR_ACTIONS } from './auditLog.ts';

/** An operator's reason for a change. */
export const reasonSchema = text(500).meta({
  description: 'The reason for the change; recorded in the audit log.',
  example: 'Ticket 4711',
});

export const auditLogQuery = z.strictObject({ ...pageQuery, accountId: accountIdSchema.optional() });

const summarySchema = z.record(z.string(), z.unknown()).nullable();

export const auditRecordSchema = z
  .object({
    id: z.string(),
    actorId: z.string().meta({ description: "The operator's uid." }),
    action: z.enum(OPERATOR_ACTIONS),
    targetId: z.string(),
    accountId: z.string().nullable(),
    before: summarySchema,
    after: summarySchema,
    reason: z.string().nullable(),
    requestId: z.string(),
    createdAt: timeOut,
  })
  .meta({ id: 'AuditRecord' });

export function renderAuditRecord(stored: AuditRecord): z.input<typeof auditRecordSchema> {
  const { requestHash: _hash, result: _result, ...record } = stored;
  return record;
}
