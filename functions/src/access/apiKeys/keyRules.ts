import type { KeyCaps } from '@cloud-bridge/ledger';
import type { KeyRules } from '../../platform/http/caller.ts';
import { modelNotAllowed, operationNotAllowed } from './apiKeys.errors.ts';

export const DEFAULT_ALERT_PERCENT = 80;

/** The default rules of a key. */
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

/** Returns all rules: the given ones, and the default for each missing rule. */
export function rulesOf(given: { readonly [Rule in keyof KeyRules]?: KeyRules[Rule] | undefined }): KeyRules {
  const said = RULE_NAMES.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]);
  return { ...NO_RULES, ...Object.fromEntries(said) };
}

export function hasCaps({ creditsPerDay, creditsPerMonth }: Pick<KeyRules, 'creditsPerDay' | 'creditsPerMonth'>) {
  return creditsPerDay !== null || creditsPerMonth !== null;
}

/** Returns the caps in the ledger's form; undefined without caps. */
export function capsOf(rules: KeyRules | undefined): KeyCaps | undefined {
  if (!rules || !hasCaps(rules)) return undefined;
  const { creditsPerDay, creditsPerMonth, alertPercent } = rules;
  return { creditsPerDay, creditsPerMonth, alertPercent };
}

/**
 * Refuses operations and models that a key's rules don't allow. Usage priced by tier names no model, so a key that is
 * restricted to models can't use a tier.
 * @throws OPERATION_NOT_ALLOWED, MODEL_NOT_ALLOWED
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
