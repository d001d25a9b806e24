import * as z from 'zod';
import { type AlertRule, DEFAULT_RULE } from './alerts.ts';

/** Far above any balance that is low. */
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
      .meta({ description: 'Told each time that the balance falls from here to below.' }),
    depleted: z.boolean().default(DEFAULT_RULE.depleted),
    expiringWithinDays: z.int().min(1).max(MAX_DAYS).nullable().default(null).meta({
      description: 'Told once of credits that lapse within so many days; null: never.',
    }),
    autoTopUpFailed: z.boolean().default(DEFAULT_RULE.autoTopUpFailed).meta({
      description: 'Mail when automatic top-up has failed; webhooks get `auto_topup.failed` anyway.',
    }),
    email: z.boolean().default(DEFAULT_RULE.email).meta({ description: 'Mail to the address of the account.' }),
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

/** The rule of an account as its owner sees it. */
export function renderRule(rule: AlertRule | null): z.input<typeof alertsSchema> {
  const { lowBalanceThresholds, depleted, expiringWithinDays, autoTopUpFailed, email } = rule ?? DEFAULT_RULE;
  return { lowBalanceThresholds: [...lowBalanceThresholds], depleted, expiringWithinDays, autoTopUpFailed, email };
}
