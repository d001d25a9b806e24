import { HELD_DATA } from '../access/accounts/heldData.ts';
import { database } from '../support/suite.ts';

/** Collections in which the tests may have left only documents that they wrote by hand. */
const WRITTEN_BY_TESTS = ['depositAddresses', 'depositState', 'webhookBacklogs'];

/** Tests write some documents by hand, but never all documents of any other collection. */
it('documents that the functions write have the field shape, in every collection', async () => {
  const names = Object.keys(HELD_DATA).filter((name) => !WRITTEN_BY_TESTS.includes(name));
  const withoutShape: string[] = [];
  for (const name of names) {
    const { docs } = await database().collectionGroup(name).select('shape').get();
    const isShaped = docs.some((document) => document.get('shape') === 1);
    if (docs.length > 0 && !isShaped) withoutShape.push(name);
  }
  expect(withoutShape).toEqual([]);
});
