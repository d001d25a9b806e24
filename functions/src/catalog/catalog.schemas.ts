import * as z from 'zod';
import { reasonSchema } from '../access/auditLog/auditLog.schemas.ts';
import { pageQuery, text, timeOut } from '../platform/http/schemas.ts';
import { catalogDraftSchema, catalogSchema, catalogSectionsSchema, packSchema, planSchema } from './catalog.ts';
import type { CatalogVersion } from './catalogVersion.ts';

const versionNumber = z.int().min(1);
const about = {
  reason: reasonSchema.optional(),
  baseVersion: versionNumber.optional().meta({
    description:
      'The version that the change was made for. If another version is in force, the answer is 409 `CATALOG_CHANGED`.',
  }),
};

/** Fields of a request that replaces something with several parts. */
const aboutReplacing = {
  ...about,
  removes: z
    .array(text(200))
    .max(1_000)
    .optional()
    .meta({
      description:
        'Paths of the parts that this change removes. If the change would remove other parts, the answer is 409 ' +
        '`CATALOG_WOULD_REMOVE`, which lists them.',
      example: ['operations.wave', 'packs.starter.unitAmountsMinor.gbp'],
    }),
};

export const previewSchema = z.strictObject({ catalog: catalogDraftSchema });
export const saveCatalogSchema = z.strictObject({
  catalog: catalogDraftSchema.meta({ description: 'The whole catalog, without its version.' }),
  ...aboutReplacing,
  baseVersion: versionNumber.meta({ description: 'The version that the catalog was made from.' }),
});
export const rollbackSchema = z.strictObject({ version: versionNumber, ...about });

export const createPackSchema = packSchema.extend(about);
export const updatePackSchema = packSchema.omit({ key: true }).partial().extend(aboutReplacing);
export const createPlanSchema = planSchema.extend(about);
export const updatePlanSchema = planSchema.omit({ slug: true }).partial().extend(aboutReplacing);
export const changePricingSchema = catalogSectionsSchema
  .extend({
    // With the default, a request without this field would empty the list.
    meteredOperations: catalogSectionsSchema.shape.meteredOperations.removeDefault(),
  })
  .partial()
  .extend(aboutReplacing);

export const versionsQuery = z.strictObject(pageQuery);

const versionFields = {
  version: versionNumber,
  createdBy: z
    .string()
    .nullable()
    .meta({ description: "The operator's uid; null for the catalog before the first change." }),
  createdAt: timeOut,
  reason: z.string().nullable(),
  restoredFrom: z
    .int()
    .nullable()
    .meta({ description: 'The version that this version restored; null for any other change.' }),
};
export const versionSummarySchema = z.object(versionFields).meta({ id: 'CatalogVersionSummary' });
export const versionSchema = z.object({ ...versionFields, catalog: catalogSchema }).meta({ id: 'CatalogVersion' });

export const differencesSchema = z
  .object({
    baseVersion: versionNumber.meta({ description: 'The version in force, which the draft was compared with.' }),
    removes: z
      .array(z.string())
      .meta({ description: 'Paths of the parts that the draft removes; saving it must name them in `removes`.' }),
    differences: z.array(
      z.object({
        field: z.string().meta({ example: 'packs.starter.credits' }),
        before: z.unknown().meta({ description: 'Null if the field does not exist.' }),
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
