import {
  FieldValue,
  type FirestoreDataConverter,
  type PartialWithFieldValue,
  type QueryDocumentSnapshot,
  type SetOptions,
  type WithFieldValue,
} from 'firebase-admin/firestore';

type Fields = Readonly<Record<string, unknown>>;

/** Upgrades a collection's documents from one shape to the next. */
interface ShapeStep {
  /** Returns a document's fields in the next shape. */
  readonly upgrade: (fields: Fields) => Fields;
  /** Fields that the next shape no longer has. No later shape may use their names again. */
  readonly drops?: readonly string[];
}

/** The address of a document. */
interface Place {
  readonly id: string;
  readonly path: string;
}

interface StoredForm<T> {
  /** Upgrades from shape 1 to 2, from shape 2 to 3, and so on. */
  readonly steps?: readonly ShapeStep[];
  /** Returns the fields to store for a value; if left out, all fields of the value are stored. */
  readonly toStored?: (value: T) => Fields;
  /** Returns the value for stored fields of the current shape; if left out, the fields are the value. */
  readonly fromStored?: (fields: Fields, place: Place) => T;
}

/** Converts between the documents of a collection and the type that the code works with. */
export interface StoredConverter<T> extends FirestoreDataConverter<T> {
  /** Returns all fields of a value for an update of an existing document, because Firestore doesn't convert updates. */
  whole(value: T): Record<string, unknown>;
}

/**
 * Creates a Firestore converter whose documents record their shape in the field `shape`. Documents without this field
 * have shape 0: they are older than the numbering of shapes, and are read like shape 1. Reading upgrades a document to
 * the current shape, and whole documents are written in the current shape. Updates of single fields leave the shape
 * unchanged (see `docs/decisions/0030`).
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
    // Merging into a document of an older shape would mark the whole document as being in the current shape.
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
