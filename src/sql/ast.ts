/**
 * SQL as a tree: what `parse.ts` makes of a client's text, what views are compiled to, what `to-athena.ts` writes
 * and `check.ts` says to DuckDB. It means what Athena engine version 3 (Trino) means by it
 * (https://docs.aws.amazon.com/athena/latest/ug/select.html); only the checker knows how DuckDB says the same.
 */

/** Where a node begins in the text that it was read from, in UTF-16 units; absent on nodes that were not read. */
interface Placed {
  readonly at?: number;
}

export interface Query extends Placed {
  readonly kind: 'query';
  readonly with?: readonly CommonTable[];
  readonly body: QueryBody;
  readonly orderBy?: readonly Ordering[];
  readonly offset?: number;
  readonly limit?: number;
}

export interface CommonTable extends Placed {
  readonly name: string;
  readonly columns?: readonly string[];
  readonly query: Query;
}

export type QueryBody = Select | SetOperation | Values | Query;

export interface SetOperation extends Placed {
  readonly kind: 'union' | 'intersect' | 'except';
  readonly all: boolean;
  readonly left: QueryBody;
  readonly right: QueryBody;
}

export interface Values extends Placed {
  readonly kind: 'values';
  readonly rows: readonly (readonly Expression[])[];
}

export interface Select extends Placed {
  readonly kind: 'select';
  readonly distinct?: boolean;
  readonly items: readonly SelectItem[];
  /** Joined crosswise where there is more than one. */
  readonly from?: readonly Relation[];
  readonly where?: Expression;
  readonly groupBy?: readonly Grouping[];
  readonly having?: Expression;
}

export type SelectItem =
  | (Placed & { readonly kind: 'all'; readonly of?: string })
  | (Placed & { readonly kind: 'item'; readonly expression: Expression; readonly alias?: string });

export type Grouping =
  | (Placed & { readonly kind: 'simple'; readonly expressions: readonly Expression[] })
  | (Placed & { readonly kind: 'rollup' | 'cube'; readonly expressions: readonly Expression[] })
  | (Placed & { readonly kind: 'sets'; readonly sets: readonly (readonly Expression[])[] });

export interface Ordering extends Placed {
  readonly expression: Expression;
  readonly descending?: boolean;
  /** Athena puts nulls last unless told otherwise, whatever the direction. */
  readonly nulls?: 'first' | 'last';
}

export type Relation =
  | (Placed & { readonly kind: 'table'; /** The database's name, where it was written. */ readonly schema?: string; readonly name: string; readonly alias?: Alias })
  | (Placed & { readonly kind: 'subquery'; readonly query: Query; readonly lateral?: boolean; readonly alias?: Alias })
  /** Arrays side by side, one column for each; of an array of rows, one for each field. */
  | (Placed & { readonly kind: 'unnest'; readonly arrays: readonly Expression[]; readonly withOrdinality?: boolean; readonly alias?: Alias })
  | Join;

export interface Alias {
  readonly name: string;
  readonly columns?: readonly string[];
}

export interface Join extends Placed {
  readonly kind: 'join';
  readonly type: 'inner' | 'left' | 'right' | 'full' | 'cross';
  readonly left: Relation;
  readonly right: Relation;
  /** Absent for a cross join. */
  readonly on?: Expression;
  readonly using?: readonly string[];
}

export type Expression =
  | Literal
  | (Placed & { readonly kind: 'name'; /** `patient`, `name` of `patient.name`: resolved by scope. */ readonly parts: readonly string[] })
  | (Placed & { readonly kind: 'field'; readonly of: Expression; readonly name: string })
  | (Placed & { readonly kind: 'subscript'; readonly of: Expression; /** Arrays begin at 1. */ readonly index: Expression })
  | FunctionCall
  | (Placed & { readonly kind: 'lambda'; readonly parameters: readonly string[]; readonly body: Expression })
  | (Placed & { readonly kind: 'unary'; readonly operator: '-' | '+' | 'not'; readonly operand: Expression })
  | (Placed & { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Expression; readonly right: Expression })
  | (Placed & { readonly kind: 'is-null'; readonly operand: Expression; readonly negated?: boolean })
  | (Placed & { readonly kind: 'is-distinct'; readonly left: Expression; readonly right: Expression; readonly negated?: boolean })
  | (Placed & { readonly kind: 'between'; readonly operand: Expression; readonly low: Expression; readonly high: Expression; readonly negated?: boolean })
  | (Placed & { readonly kind: 'in'; readonly operand: Expression; readonly values: readonly Expression[] | Query; readonly negated?: boolean })
  | (Placed & { readonly kind: 'like'; readonly operand: Expression; readonly pattern: Expression; readonly escape?: Expression; readonly negated?: boolean })
  | (Placed & { readonly kind: 'exists'; readonly query: Query })
  | (Placed & { readonly kind: 'scalar-query'; readonly query: Query })
  | (Placed & {
    readonly kind: 'case';
    readonly operand?: Expression;
    readonly branches: readonly { readonly when: Expression; readonly then: Expression }[];
    readonly otherwise?: Expression;
  })
  | (Placed & { readonly kind: 'cast'; readonly operand: Expression; readonly type: SqlType; /** TRY_CAST: null where it fails. */ readonly safe?: boolean })
  | (Placed & { readonly kind: 'array'; readonly elements: readonly Expression[] })
  | (Placed & { readonly kind: 'row'; readonly elements: readonly Expression[] })
  | (Placed & { readonly kind: 'extract'; readonly part: string; readonly from: Expression })
  | (Placed & { readonly kind: 'at-time-zone'; readonly operand: Expression; readonly zone: Expression });

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '||' | '=' | '<>' | '<' | '<=' | '>' | '>=' | 'and' | 'or';

export type Literal = Placed & (
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** As written: `1.10` is a decimal, `1e0` a double, `1` an integer. */
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly value: string }
  /** DATE '2024-01-01', TIMESTAMP '2024-01-01 00:00:00'. */
  | { readonly kind: 'date' | 'timestamp' | 'time'; readonly value: string }
  | { readonly kind: 'interval'; readonly value: string; readonly unit: 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second'; readonly negative?: boolean }
);

export interface FunctionCall extends Placed {
  readonly kind: 'call';
  /** Lower case, as Athena names it: `cardinality`, `json_extract_scalar`. */
  readonly name: string;
  readonly arguments: readonly Expression[];
  /** `count(*)`. */
  readonly star?: boolean;
  readonly distinct?: boolean;
  readonly orderBy?: readonly Ordering[];
  readonly filter?: Expression;
  readonly over?: Window;
  readonly ignoreNulls?: boolean;
}

export interface Window {
  readonly partitionBy?: readonly Expression[];
  readonly orderBy?: readonly Ordering[];
  readonly frame?: { readonly unit: 'rows' | 'range'; readonly start: FrameBound; readonly end?: FrameBound };
}

export type FrameBound =
  | { readonly kind: 'unbounded-preceding' | 'current-row' | 'unbounded-following' }
  | { readonly kind: 'preceding' | 'following'; readonly offset: Expression };

/** `varchar`, `decimal(10,2)`, `array(varchar)`, `row(family varchar, given array(varchar))`, `map(varchar, bigint)`. */
export type SqlType =
  | { readonly kind: 'named'; readonly name: string; readonly parameters?: readonly number[] }
  | { readonly kind: 'array'; readonly element: SqlType }
  | { readonly kind: 'map'; readonly key: SqlType; readonly value: SqlType }
  | { readonly kind: 'row'; readonly fields: readonly { readonly name?: string; readonly type: SqlType }[] };
