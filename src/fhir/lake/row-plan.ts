/**
 * What becomes of each property of a resource's JSON on its way into the lake, found by the bytes of its name: made once for
 * a table, so that `row-columns.ts` needs to look at every byte of a resource only once.
 */
import { ByteView } from './byte-view.ts';
import type { Place } from './byte-view.ts';
import type { LakeField, LakeTable, LakeType } from './lake-table.ts';

/** How a property's value is written. Numbers, because they are compared for each value. */
export const valueKinds = { string: 0, boolean: 1, integer: 2, decimal: 3, row: 4, json: 5 } as const;
export type ValueKind = (typeof valueKinds)[keyof typeof valueKinds];

/** A field to be written, and its place among all fields of the table. */
export interface Slot {
  readonly index: number;
  readonly field: LakeField;
}

export interface Property {
  /** The bytes of its name in JSON. */
  readonly key: ByteView;
  readonly name: string;
  readonly isArray: boolean;
  readonly kind: ValueKind;
  readonly value: Slot;
  readonly date: Slot | undefined;
  readonly timestamp: Slot | undefined;
  readonly literal: Slot | undefined;
  readonly referenceType: Slot | undefined;
  readonly referenceId: Slot | undefined;
  /** Values of this property's extensions that are columns of their own. */
  readonly extensionValues: readonly (Slot & { readonly url: string })[];
  /** Whether any of the slots above beside `value` is there. */
  readonly hasCompanions: boolean;
  readonly row: RowPlan | undefined;
  /** The number of the object that it was last met in: twice in the same is once too often. */
  lastObject: number;
  /** The property that stood behind it when it was last met. */
  follower: Property | undefined;
}

export interface RowPlan {
  readonly properties: ByteTable<Property>;
  /** The property that such an object began with when one was last met. */
  first: Property | undefined;
}

export interface TablePlan extends RowPlan {
  /** By the name of a column that is not made of a property: those of the version, the id, and `unknown_elements`. */
  readonly others: ReadonlyMap<string, Slot>;
  /** The fields by their slots' indexes, each before those within it. */
  readonly slotOf: ReadonlyMap<LakeField, number>;
}

const encoder = new TextEncoder();

/** Values by short byte strings. Names are compared, not only their hashes: input is hostile. */
export class ByteTable<Value extends { readonly key: ByteView }> {
  readonly #chains = new Map<number, Value[]>();

  constructor(values: Iterable<Value>) {
    for (const value of values) {
      const hash = hashOf(value.key.bytes);
      this.#chains.set(hash, [...(this.#chains.get(hash) ?? []), value]);
    }
  }

  /** @param hash of the bytes of that place, as {@link nextHash} makes it from 0 */
  find(source: ByteView, place: Place, hash: number): Value | undefined {
    const chain = this.#chains.get(hash);
    if (chain === undefined) return undefined;
    for (const value of chain) if (value.key.bytes.length === place.end - place.start && value.key.has(0, source, place)) return value;
    return undefined;
  }
}

export function nextHash(hash: number, byte: number): number {
  return (Math.imul(hash, 31) + byte) | 0;
}

function hashOf(bytes: Uint8Array): number {
  let hash = 0;
  for (const byte of bytes) hash = nextHash(hash, byte);
  return hash;
}

const plans = new WeakMap<LakeTable, TablePlan>();

/** Made once for a table: what is noted in it while rows are read is of use, and harmless, to whoever reads the next. */
export function tablePlan(table: LakeTable): TablePlan {
  let plan = plans.get(table);
  if (plan === undefined) plans.set(table, plan = makePlan(table));
  return plan;
}

function makePlan(table: LakeTable): TablePlan {
  const planner = new Planner();
  const plan = planner.row(table.columns);
  const others = table.columns.filter(({ name, role }) => name === 'id' || role === 'version' || role === 'unknown');
  return {
    ...plan,
    others: new Map(others.map((column) => [column.name, planner.slot(column)])),
    slotOf: planner.slotOf,
  };
}

class Planner {
  readonly slotOf = new Map<LakeField, number>();

  row(fields: readonly LakeField[]): RowPlan {
    for (const field of fields) this.slotOf.set(field, this.slotOf.size);
    const byElement = Map.groupBy(fields.filter(({ element }) => element !== undefined), ({ element }) => element!);
    return { properties: new ByteTable([...byElement].flatMap(([name, made]) => this.#properties(name, made))), first: undefined };
  }

  slot(field: LakeField): Slot {
    return { index: this.slotOf.get(field)!, field };
  }

  /** The element's own property, and the one that holds its id and extensions. */
  #properties(name: string, fields: readonly LakeField[]): Property[] {
    const main = fields.find(({ role }) => role === 'value' || role === 'json')!;
    const extensions = fields.find(({ role }) => role === 'primitive-extension');
    const companions = fields.filter((field) => field !== main && field !== extensions);
    const property = this.#property(name, main, companions);
    return extensions === undefined ? [property] : [property, this.#property(`_${name}`, extensions, [])];
  }

  /** All properties have the same members in the same order, which makes reading them quick. */
  #property(name: string, field: LakeField, companions: readonly LakeField[]): Property {
    const slotOf = (role: LakeField['role']) => {
      const found = companions.find((companion) => companion.role === role);
      return found && this.slot(found);
    };
    const type = field.type.kind === 'array' ? field.type.element : field.type;
    const values = companions.filter(({ role }) => role === 'extension-value');
    return {
      key: ByteView.of(encoder.encode(name)),
      name,
      isArray: field.type.kind === 'array',
      kind: kindOf(field, type),
      value: this.slot(field),
      hasCompanions: companions.length > 0,
      date: slotOf('date'),
      timestamp: slotOf('timestamp'),
      literal: slotOf('literal'),
      referenceType: slotOf('reference-type'),
      referenceId: slotOf('reference-id'),
      extensionValues: values.map((value) => ({ ...this.slot(value), url: value.url! })),
      row: type.kind === 'row' ? this.row(type.fields) : undefined,
      lastObject: 0,
      follower: undefined,
    };
  }
}

function kindOf({ role }: LakeField, type: LakeType): ValueKind {
  if (type.kind === 'row') return valueKinds.row;
  if (role === 'json' || role === 'primitive-extension') return valueKinds.json;
  if (type.kind !== 'scalar') throw new Error('An array lies in an array');
  if (type.scalar === 'boolean') return valueKinds.boolean;
  if (type.scalar === 'integer') return valueKinds.integer;
  return type.scalar === 'double' ? valueKinds.decimal : valueKinds.string;
}
