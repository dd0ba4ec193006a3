/**
 * How resources lie in the lake: one table for each resource type, its columns named and nested as HealthLake's
 * (docs/sql.md, docs/decisions/0014-lake.md). Types only; the tables are made from the R4 definitions in `lake-tables.ts`.
 *
 * A column is the element's name in lower case; a choice has one for each of its types (`valuequantity`). Elements that
 * repeat are arrays, complex ones rows. Beside them stand companions, whose names FHIR cannot have:
 * - `{name}_date` of a date and `{name}_timestamp` of a dateTime or an instant: its first moment, in UTC;
 * - `{name}_literal` of a decimal: what was written, where a double does not tell its digits; null otherwise;
 * - `reference_type` and `reference_id` of a literal reference to a resource;
 * - `_{name}` of a primitive: its id and extensions, as a JSON text (an array of them where the primitive repeats).
 * Extensions, contained resources, and what lies below the bound of recursion are JSON texts.
 *
 * What the definitions do not know (a store that does not validate may hold it) is in the column `unknown_elements`.
 */

export type ScalarType = 'string' | 'boolean' | 'integer' | 'bigint' | 'double' | 'date' | 'timestamp';

export type LakeType =
  | { readonly kind: 'scalar'; readonly scalar: ScalarType }
  | { readonly kind: 'array'; readonly element: LakeType }
  | { readonly kind: 'row'; readonly fields: readonly LakeField[] };

/** What a field holds of the element that it is made from. */
export type FieldRole =
  /** The element itself, typed. */
  | 'value'
  /** The element as JSON text: an extension, a contained resource, or what lies below the bound of recursion. */
  | 'json'
  | 'date'
  | 'timestamp'
  | 'literal'
  | 'reference-type'
  | 'reference-id'
  /** The id and extensions of a primitive, as JSON text. */
  | 'primitive-extension'
  /** The value of an extension of a configured URL, as a column of its own. */
  | 'extension-value'
  /** {@link unknownColumn}. */
  | 'unknown'
  /** Of the version, not of its content: `resource_version` and the like. */
  | 'version';

export interface LakeField {
  /** Lower case; unique in its row. */
  readonly name: string;
  readonly type: LakeType;
  readonly role: FieldRole;
  /** The JSON property that it is made from: `birthDate`, `valueQuantity`; absent for what is of the version. */
  readonly element?: string;
  /** The element's FHIR type: `date`, `HumanName`, `BackboneElement`, `Resource`; absent for what is of the version. */
  readonly fhirType?: string;
  /** Of an `extension-value`: the extension's URL. */
  readonly url?: string;
}

/**
 * string: what no other column holds, because R4 does not define it or not so, as a JSON text of an object: to each place
 * (`name[0].given`, as in JSON, arrays from 0) its value. Null in a resource that the structure check lets pass.
 */
export const unknownColumn = 'unknown_elements';

/** The columns that say which version a row is, after those of the resource; no element's name has an underscore. */
export const versionColumns = {
  /** bigint: the version's number. */
  version: 'resource_version',
  /** timestamp: when it was written. */
  validFrom: 'valid_from',
  /** timestamp: when the next version was written, as far as the file knows; null for the newest. */
  validTo: 'valid_to',
  /** boolean: a deletion; every column of the resource but its id is null. */
  deleted: 'resource_deleted',
  /** string: {@link Layer}. */
  layer: 'layer',
} as const;

/**
 * `current`: the newest version when the table was last compacted, unless it is a deletion; `past`: the versions before it,
 * and deletions; `recent`: every version since.
 */
export type Layer = 'current' | 'past' | 'recent';

export interface LakeTable {
  /** The resource type. */
  readonly type: string;
  /** The type in lower case: the view of current resources is named so, `{name}_history` shows every version. */
  readonly name: string;
  /** The columns of the resource, then those of the version. */
  readonly columns: readonly LakeField[];
}

/** The value of an extension of a resource that an operator wants as a column: `us_core_birthsex` of `http://…/us-core-birthsex`. */
export interface ExtensionColumn {
  /** The column's name, behind `extension_`: `[a-z0-9_]`. */
  readonly name: string;
  /** The resource type whose table gets the column. */
  readonly type: string;
  readonly url: string;
}
