import { FieldValue, type QueryDocumentSnapshot } from 'firebase-admin/firestore';
import { storedAs } from './storedAs.ts';

interface Person {
  readonly name: string;
  readonly heightCm: number;
}

/** A document snapshot as a Firestore query returns it. */
const found = (fields: Record<string, unknown>) =>
  ({ ref: { id: 'p1', path: 'people/p1' }, data: () => fields }) as unknown as QueryDocumentSnapshot;

const plain = storedAs<Person>();
/** In shape 1, heights were in meters; until shape 2, names had two parts. */
const people = storedAs<Person>({
  steps: [
    {
      upgrade: ({ heightM, ...rest }) => ({ ...rest, heightCm: Math.round(Number(heightM) * 100) }),
      drops: ['heightM'],
    },
    {
      upgrade: ({ firstName, lastName, ...rest }) => ({ ...rest, name: `${firstName} ${lastName}` }),
      drops: ['firstName', 'lastName'],
    },
  ],
});
const ada: Person = { name: 'Ada Lovelace', heightCm: 168 };

describe('a converter', () => {
  it('stores the shape with the fields, and returns only the fields', () => {
    expect(plain.toFirestore(ada)).toEqual({ ...ada, shape: 1 });
    expect(plain.fromFirestore(found({ ...ada, shape: 1 }))).toEqual(ada);
  });

  it('reads documents without a shape unchanged', () => {
    expect(plain.fromFirestore(found({ ...ada }))).toEqual(ada);
  });

  it('returns all fields and the shape for an update', () => {
    expect(plain.whole(ada)).toEqual({ ...ada, shape: 1 });
  });

  it('stores a value in another form, and reads it with the address of its document', () => {
    const named = storedAs<Person & { readonly id: string }>({
      toStored: ({ id: _id, ...stored }) => stored,
      fromStored: (stored, { id }) => ({ id, ...(stored as unknown as Person) }),
    });
    expect(named.toFirestore({ id: 'p1', ...ada })).toEqual({ ...ada, shape: 1 });
    expect(named.fromFirestore(found({ ...ada, shape: 1 }))).toEqual({ id: 'p1', ...ada });
  });

  it.each([{ shape: 2 }, { shape: -1 }, { shape: 1.5 }, { shape: '1' }, { shape: null }])(
    'refuses to read %j, of which the code knows nothing',
    (stored) => {
      expect(() => plain.fromFirestore(found({ ...ada, ...stored }))).toThrow('people/p1 has shape');
    },
  );
});

describe('a converter for documents whose shape has changed twice', () => {
  it.each([
    [0, { firstName: 'Ada', lastName: 'Lovelace', heightM: 1.68 }],
    [1, { firstName: 'Ada', lastName: 'Lovelace', heightM: 1.68, shape: 1 }],
    [2, { firstName: 'Ada', lastName: 'Lovelace', heightCm: 168, shape: 2 }],
    [3, { ...ada, shape: 3 }],
  ])('reads a document of shape %i', (_shape, stored) => {
    expect(people.fromFirestore(found(stored))).toEqual(ada);
  });

  it('writes the newest shape', () => {
    expect(people.toFirestore(ada)).toEqual({ ...ada, shape: 3 });
  });

  it('deletes the fields of earlier shapes when an update writes the whole value', () => {
    const gone = FieldValue.delete();
    expect(people.whole(ada)).toEqual({ ...ada, shape: 3, heightM: gone, firstName: gone, lastName: gone });
  });

  it('leaves out fields of earlier shapes that an old instance has written again', () => {
    expect(people.fromFirestore(found({ ...ada, heightM: 1.7, shape: 3 }))).toEqual(ada);
  });

  it('refuses to read a newer shape than it knows', () => {
    const read = () => people.fromFirestore(found({ ...ada, shape: 4 }));
    expect(read).toThrow('people/p1 has shape 4, and this version of the code knows shapes up to 3');
  });

  it('refuses merges, which would mark an old document as new', () => {
    expect(() => people.toFirestore({ name: 'Ada' }, { merge: true })).toThrow('takes no merged fields');
    expect(plain.toFirestore({ name: 'Ada' }, { merge: true })).toEqual({ name: 'Ada', shape: 1 });
  });
});
