import type { KeyCaps } from '@cloud-bridge/ledger';
import type { KeyRules } from '../../platform/http/caller.ts';
import { modelNotAllowed, operationNotAllowed } from './apiKeys.errors.ts';

export const DEFAULT_ALERT_PERCENT = 80;

/** What holds for a key that nothing was said of. */
const NO_RULES: KeyRules = {
  rateLimitPerMinute: null,
  allowedIps: null,
  allowedOperations: null,
  allowedModels: null,
  creditsPerDay: null,
  creditsPerMonth: null,
  alertPercent: DEFAULT_ALERT_PERCENT,
};

export const RULE_NAMES = Object.keys(NO_RULES) as (keyof KeyRules)[];

/** The rules in something that has some of them; those that are missing are the usual ones. */
export function rulesOf(given: { readonly [Rule in keyof KeyRules]?: KeyRules[Rule] | undefined }): KeyRules {
  const said = RULE_NAMES.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]);
  return { ...NO_RULES, ...Object.fromEntries(said) };
}

export function hasCaps({ creditsPerDay, creditsPerMonth }: Pick<KeyRules, 'creditsPerDay' | 'creditsPerMonth'>) {
  return creditsPerDay !== null || creditsPerMonth !== null;
}

/** The caps as the wallet takes them; undefined where there are none. */
export function capsOf(rules: KeyRules | undefined): KeyCaps | undefined {
  if (!rules || !hasCaps(rules)) return undefined;
  const { creditsPerDay, creditsPerMonth, alertPercent } = rules;
  return { creditsPerDay, creditsPerMonth, alertPercent };
}

/**
 * A price by tier names no model, so a key that is restricted to models may not ask for one.
 * @throws OPERATION_NOT_ALLOWED or MODEL_NOT_ALLOWED for what the rules leave out
 */
export function assertAllowed(
  rules: KeyRules | undefined,
  { operation, usage }: { operation: string; usage?: { model?: string | undefined } | undefined },
): void {
  if (rules?.allowedOperations && !rules.allowedOperations.includes(operation)) throw operationNotAllowed(operation);
  if (!rules?.allowedModels || !usage) return;
  if (usage.model === undefined || !rules.allowedModels.includes(usage.model)) {
    throw modelNotAllowed(usage.model ?? null);
  }
}
