import * as z from 'zod';
import { reasonSchema } from '../auditLog/auditLog.schemas.ts';
import { pageQuery, timeOut } from '../http/schemas.ts';
import { catalogDraftSchema, catalogSchema, catalogSectionsSchema, packSchema, planSchema } from './catalog.ts';
import type { CatalogVersion } from './catalogVersion.ts';

const versionNumber = z.int().min(1);
const about = {
  reason: reasonSchema.optional(),
  baseVersion: versionNumber.optional().meta({
    description: 'The version that the change was made for; 409 `CATALOG_CHANGED` when another is in force.',
  }),
};

export const previewSchema = z.strictObject({ catalog: catalogDraftSchema });
export const saveCatalogSchema = z.strictObject({
  catalog: catalogDraftSchema.meta({ description: 'The whole catalog, without its version.' }),
  ...about,
  baseVersion: versionNumber.meta({ description: 'The version that it was made from.' }),
});
export const rollbackSchema = z.strictObject({ version: versionNumber, ...about });

export const createPackSchema = packSchema.extend(about);
export const updatePackSchema = packSchema.omit({ key: true }).partial().extend(about);
export const createPlanSchema = planSchema.extend(about);
export const updatePlanSchema = planSchema.omit({ slug: true }).partial().extend(about);
export const changePricingSchema = catalogSectionsSchema
  .extend({
    // With its default it would be emptied whenever it is left out.
    meteredOperations: catalogSectionsSchema.shape.meteredOperations.removeDefault(),
  })
  .partial()
  .extend(about);

export const versionsQuery = z.strictObject(pageQuery);

const versionFields = {
  version: versionNumber,
  createdBy: z.string().nullable().meta({ description: 'Uid of the operator; null: before the first change.' }),
  createdAt: timeOut,
  reason: z.string().nullable(),
  restoredFrom: z.int().nullable().meta({ description: 'The version whose content it brought back.' }),
};
export const versionSummarySchema = z.object(versionFields).meta({ id: 'CatalogVersionSummary' });
export const versionSchema = z.object({ ...versionFields, catalog: catalogSchema }).meta({ id: 'CatalogVersion' });

export const differencesSchema = z
  .object({
    baseVersion: versionNumber.meta({ description: 'The version in force, with which it was compared.' }),
    differences: z.array(
      z.object({
        field: z.string().meta({ example: 'packs.starter.credits' }),
        before: z.unknown().meta({ description: 'Null: there is none.' }),
        after: z.unknown(),
      }),
    ),
  })
  .meta({ id: 'CatalogDifferences' });

export const pricingSchema = catalogSectionsSchema.extend({ version: versionNumber }).meta({ id: 'AdminPricing' });

export function renderVersionSummary({
  catalog: _catalog,
  ...summary
}: CatalogVersion): z.input<typeof versionSummarySchema> {
  return summary;
}
