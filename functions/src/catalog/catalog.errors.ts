import type { AppError } from '@cloud-bridge/base';
import { notFound, refusal } from '../platform/errors/refusal.ts';

/** 409: another version of the catalog is in force than the change was made for; that version must not be lost. */
export function catalogChanged(currentVersion: number): AppError {
  return refusal('CATALOG_CHANGED', `The catalog is now at version ${currentVersion}; read that version first.`, {
    details: { currentVersion },
  });
}

/** 409: the change would remove parts of the catalog that the request doesn't name. */
export function catalogWouldRemove(removed: readonly string[]): AppError {
  return refusal(
    'CATALOG_WOULD_REMOVE',
    `This would remove ${removed.length} parts of the catalog. Send them with the change, or name them in \`removes\`.`,
    { details: { wouldRemove: removed } },
  );
}

export function catalogVersionNotFound(): AppError {
  return notFound('CATALOG_VERSION_NOT_FOUND');
}

export function packExists(): AppError {
  return refusal('PACK_EXISTS', 'A pack with this key already exists.');
}

export function planExists(): AppError {
  return refusal('PLAN_EXISTS', 'A plan with this slug already exists.');
}
