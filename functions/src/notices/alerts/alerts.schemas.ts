import * as z from 'zod';
import { type AlertRule, DEFAULT_RULE } from './alerts.ts';

/** Largest threshold, in credits: far above any balance that an owner would call low. */
const MAX_THRESHOLD_CREDITS = 1_000_000_000;
const MAX_THRESHOLDS = 10;
const MAX_DAYS = 90;

export const alertRuleSchema = z
  .strictObject({
    lowBalanceThresholds: z
      .array(z.int().min(1).max(MAX_THRESHOLD_CREDITS))
      .max(MAX_THRESHOLDS)
      .transform((thresholds) => [...new Set(thresholds)].sort((a, b) => b - a))
      .default([])
      .meta({ description: 'The account is alerted each time its balance falls below one of these thresholds.' }),
    depleted: z.boolean().default(DEFAULT_RULE.depleted),
    expiringWithinDays: z.int().min(1).max(MAX_DAYS).nullable().default(null).meta({
      description: 'Alert once for credits that expire within this many days; null for no such alerts.',
    }),
    autoTopUpFailed: z.boolean().default(DEFAULT_RULE.autoTopUpFailed).meta({
      description: 'Send a mail when automatic top-up fails. Webhooks always get `auto_topup.failed`.',
    }),
    email: z.boolean().default(DEFAULT_RULE.email).meta({
      description: "Also send alerts by mail, to the verified address of the account's owner.",
    }),
  })
  .meta({ id: 'AlertRule' });

export const alertsSchema = z
  .object({
    lowBalanceThresholds: z.array(z.int()),
    depleted: z.boolean(),
    expiringWithinDays: z.int().nullable(),
    autoTopUpFailed: z.boolean(),
    email: z.boolean(),
  })
  .meta({ id: 'Alerts' });

/** Renders an account's alert rule for the API; null renders the default rule. */
export function renderRule(rule: AlertRule | null): z.input<typeof alertsSchema> {
  const { lowBalanceThresholds, depleted, expiringWithinDays, autoTopUpFailed, email } = rule ?? DEFAULT_RULE;
  return { lowBalanceThresholds: [...lowBalanceThresholds], depleted, expiringWithinDays, autoTopUpFailed, email };
}
