import { invalidRequest } from '../shared/appError.ts';
import { type Catalog, catalogSchema } from './catalog.ts';

/** The catalog, if it is one; throws 400 that says what is wrong with it. */
export function validCatalog(candidate: unknown): Catalog {
  const parsed = catalogSchema.safeParse(candidate);
  if (parsed.success) return parsed.data;
  throw invalidRequest(
    parsed.error.issues.map(({ path, message }) => ({ in: 'body', field: path.join('.') || 'body', message })),
  );
}
