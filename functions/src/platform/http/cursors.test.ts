import { parseCursor, timePosition, timePositionOf } from './cursors.ts';
import { encodeCursor } from './replies.ts';
import { pageQuery } from './schemas.ts';

it.each(['界'.repeat(128), '"'.repeat(128), 'x'.repeat(128)])(
  'a cursor after an account with a long id is accepted (%#)',
  (id) => {
    const position = { createdAt: '2026-03-14T13:00:00.000Z', id };
    const cursor = pageQuery.cursor.parse(encodeCursor(timePositionOf(position)));
    expect(parseCursor(cursor, timePosition)).toEqual(position);
  },
);
