import {
  FieldValue,
  type FirestoreDataConverter,
  type PartialWithFieldValue,
  type QueryDocumentSnapshot,
  type SetOptions,
  type WithFieldValue,
} from 'firebase-admin/firestore';

type Fields = Readonly<Record<string, unknown>>;

/** Leads from one shape of a collection's documents to the next shape. */
interface ShapeStep {
  /** Gives a document's fields in the next shape. */
  readonly upgrade: (fields: Fields) => Fields;
  /** Fields that the next shape doesn't have any more. No later shape may use their names again. */
  readonly drops?: readonly string[];
}

/** Where a document stands. */
interface Place {
  readonly id: string;
  readonly path: string;
}

interface StoredForm<T> {
  /** The steps from shape 1 to shape 2, from shape 2 to shape 3 and so on. */
  readonly steps?: readonly ShapeStep[];
  /** The fields that are stored of a value; without this, all of its fields. */
  readonly toStored?: (value: T) => Fields;
  /** The value that stored fields of the present shape stand for; without this, the fields themselves. */
  readonly fromStored?: (fields: Fields, place: Place) => T;
}

/** Converts between the documents of a collection and the type that the code works with. */
export interface StoredConverter<T> extends FirestoreDataConverter<T> {
  /** All fields of a value, for an update of a document that exists: Firestore doesn't convert what updates write. */
  whole(value: T): Record<string, unknown>;
}

/**
 * A Firestore converter whose documents say in which shape they were written, in the field `shape`. Documents without
 * this field have shape 0: they are from before shapes were counted, and read like shape 1. Reading brings a document
 * to the present shape; whole documents are written in the present shape. Updates of single fields leave the shape as
 * it is (see `docs/decisions/0030`).
 *
 * Reading throws an Error for a document in a newer shape than the code knows.
 */
export function storedAs<T extends object>({
  steps = [],
  toStored,
  fromStored,
}: StoredForm<T> = {}): StoredConverter<T> {
  const present = steps.length + 1;
  const dropped = steps.flatMap(({ drops = [] }) => drops);

  function toFirestore(value: WithFieldValue<T> | PartialWithFieldValue<T>, options?: SetOptions): Fields {
    // Merged into a document of an older shape, they would make all of the document look like the present shape.
    if (options && steps.length > 0) throw new Error('a collection whose shape has changed takes no merged fields');
    return { ...(toStored ? toStored(value as T) : value), shape: present };
  }

  return {
    toFirestore,
    whole: (value) => ({
      ...toFirestore(value),
      ...Object.fromEntries(dropped.map((field) => [field, FieldValue.delete()])),
    }),
    fromFirestore: (document: QueryDocumentSnapshot) => {
      const { id, path } = document.ref;
      const { shape = 0, ...stored } = document.data();
      assertKnown(shape, present, path);
      const upgraded = steps
        .slice(Math.max(0, shape - 1))
        .reduce<Fields>((fields, step) => step.upgrade(fields), stored);
      const fields = without(upgraded, dropped);
      return fromStored ? fromStored(fields, { id, path }) : (fields as T);
    },
  };
}

function assertKnown(shape: unknown, present: number, path: string): asserts shape is number {
  if (Number.isSafeInteger(shape) && Number(shape) >= 0 && Number(shape) <= present) return;
  throw new Error(`${path} has shape ${String(shape)}, and this version of the code knows shapes up to ${present}`);
}

function without(fields: Fields, names: readonly string[]): Fields {
  if (names.length === 0) return fields;
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}
