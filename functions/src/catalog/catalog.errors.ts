import type { AppError } from '@cloud-bridge/base';
import { notFound, refusal } from '../platform/errors/refusal.ts';

/** 409: somebody else has changed the catalog since; what they did is not to be lost. */
export function catalogChanged(currentVersion: number): AppError {
  return refusal('CATALOG_CHANGED', `The catalog is at version ${currentVersion} by now; look at it first.`, {
    details: { currentVersion },
  });
}

/** 409: something would go that the request doesn't name. */
export function catalogWouldRemove(removed: readonly string[]): AppError {
  return refusal(
    'CATALOG_WOULD_REMOVE',
    `This would remove ${removed.length} things from the catalog. ` +
      'Send the change with them, or name them in `removes`.',
    { details: { wouldRemove: removed } },
  );
}

export function catalogVersionNotFound(): AppError {
  return notFound('CATALOG_VERSION_NOT_FOUND');
}

export function packExists(): AppError {
  return refusal('PACK_EXISTS', 'There is a pack with this key already.');
}

export function planExists(): AppError {
  return refusal('PLAN_EXISTS', 'There is a plan with this slug already.');
}
