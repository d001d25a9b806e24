import { storedAs } from '@cloud-bridge/base';
import { FieldValue } from 'firebase-admin/firestore';
import { type Counters, flattened, nested } from './counters.ts';

/**
 * Converts between counters and their documents. Counters are only merged: written figures are added to the stored
 * figures, and the document need not exist.
 */
export const COUNTERS = storedAs<Counters>({
  toStored: (counters) => nested(counters, (figure) => FieldValue.increment(figure)),
  fromStored: flattened,
});
