import { type FieldProblem, invalidField, invalidRequest } from '@cloud-bridge/base';
import { countedKeys, MAX_CAPPED_KEYS, tooManyCappedKeys } from '@cloud-bridge/ledger';
import { type ApiKey, walletIdOf } from './apiKey.ts';
import type { CreateKeyRequest, UpdateKeyRequest } from './apiKeys.schemas.ts';
import { hasCaps, RULE_NAMES, rulesOf } from './keyRules.ts';
import { keysOfAccount } from './keysOfAccount.ts';
import type { ApiKeysNeeds } from './needs.ts';

/**
 * Refuses scopes and rules for a management key, except `allowedIps`: a management key acts as the owner.
 * @throws INVALID_REQUEST
 */
export function assertRulesOfManagementKey(request: CreateKeyRequest | UpdateKeyRequest): void {
  if (request.scopes) throw invalidField('scopes', 'does not go with a management key');
  const rule = RULE_NAMES.find((name) => name !== 'allowedIps' && (request[name] ?? null) !== null);
  if (rule) throw invalidField(rule, 'does not go with a management key');
}

/**
 * Checks that a key can get its first cap. Two concurrent requests may both pass; then the wallet refuses the spending
 * of one key too many.
 * @throws TOO_MANY_CAPPED_KEYS when a key would get its first cap and its wallet has as many keys with caps as it can
 *   count
 */
export async function requireRoomForCaps(
  deps: ApiKeysNeeds,
  accountId: string,
  key: Pick<ApiKey, 'id' | 'kind' | 'walletId'>,
  request: CreateKeyRequest | UpdateKeyRequest,
): Promise<void> {
  if (!hasCaps(rulesOf(request))) return;
  const walletId = walletIdOf(key);
  if (walletId === null) return;
  const now = deps.clock();
  const capped = (await keysOfAccount(deps, accountId)).filter(
    (other) => other.revokedAt === null && walletIdOf(other) === walletId && hasCaps(rulesOf(other)),
  );
  const { keySpending } = await deps.wallets.read({ accountId, walletId }, now);
  // Includes revoked keys as long as the wallet counts their spending.
  const counted = new Set([...capped.map(({ id }) => id), ...countedKeys(keySpending, now)]);
  counted.delete(key.id);
  if (counted.size >= MAX_CAPPED_KEYS) throw tooManyCappedKeys(MAX_CAPPED_KEYS);
}

/**
 * Refuses operations and models that the catalog doesn't have: a misspelled name would lock the key out of everything.
 * @throws INVALID_REQUEST for an operation or a model that the catalog doesn't know
 */
export async function assertNamesKnown(
  deps: Pick<ApiKeysNeeds, 'catalog'>,
  { allowedOperations, allowedModels }: CreateKeyRequest | UpdateKeyRequest,
): Promise<void> {
  if (!allowedOperations && !allowedModels) return;
  const { operations, meteredOperations, models } = await deps.catalog.current();
  const unknown = [
    ...unknownIn(
      'allowedOperations',
      allowedOperations ?? [],
      new Set([...Object.keys(operations), ...meteredOperations]),
    ),
    ...unknownIn('allowedModels', allowedModels ?? [], new Set(Object.keys(models))),
  ];
  if (unknown.length > 0) throw invalidRequest(unknown);
}

function unknownIn(field: string, names: readonly string[], known: ReadonlySet<string>): FieldProblem[] {
  return names.flatMap((name, index) =>
    known.has(name) ? [] : [{ in: 'body', field: `${field}.${index}`, message: 'must be in the catalog' }],
  );
}
