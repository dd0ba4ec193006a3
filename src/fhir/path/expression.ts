/** A FHIRPath as a tree (https://hl7.org/fhirpath/N1/#grammar), as far as patches, search parameters and views have it. */

/** A date is a text, as FHIR's JSON has it. */
export type Literal = { readonly kind: 'text' | 'number'; readonly text: string } | { readonly kind: 'boolean'; readonly value: boolean };

/** What selects elements: patches and search parameters have no more. */
export type BinaryOperator = '|' | '=' | '!=' | 'and' | 'or';

/** What computes as well, as views may. */
export type ComputingOperator = BinaryOperator | '<' | '<=' | '>' | '>=' | '+' | '-' | '&' | '*' | '/' | 'div' | 'mod' | 'xor' | 'implies';

/** As views have them: a date, a dateTime or a time (`18:12`) is told from a text. */
export type ComputingLiteral = Literal | { readonly kind: 'date'; readonly text: string };

/** `of` is what stands before the dot; without it the step starts from what is at hand. `at` is its place in the text, from 0. */
interface Node<Operator, Value, Index> {
  readonly literal: { readonly kind: 'literal'; readonly literal: Value };
  /** `$this`, `%resource`, `%context`. */
  readonly root: { readonly kind: 'root'; readonly name: string };
  readonly member: { readonly kind: 'member'; readonly of?: Tree<Operator, Value, Index>; readonly name: string };
  readonly call: {
    readonly kind: 'call';
    readonly of?: Tree<Operator, Value, Index>;
    readonly name: string;
    readonly arguments: readonly Tree<Operator, Value, Index>[];
  };
  readonly index: { readonly kind: 'index'; readonly of: Tree<Operator, Value, Index>; readonly index: Index };
  readonly type: { readonly kind: 'type'; readonly operator: 'as' | 'is'; readonly of: Tree<Operator, Value, Index>; readonly type: string };
  readonly binary: {
    readonly kind: 'binary';
    readonly operator: Operator;
    readonly left: Tree<Operator, Value, Index>;
    readonly right: Tree<Operator, Value, Index>;
  };
}

type Tree<Operator, Value, Index> = { readonly at: number } & Node<Operator, Value, Index>[keyof Node<Operator, Value, Index>];

export type Expression = Tree<BinaryOperator, Literal, number>;

/** Of a view. An index is a number, or the name of a constant that is one: `%position`. */
export type ComputingExpression = Tree<ComputingOperator, ComputingLiteral, number | string>;

export type Call = Extract<Expression, { kind: 'call' }>;
export type ComputingCall = Extract<ComputingExpression, { kind: 'call' }>;
export type Binary = Extract<Expression, { kind: 'binary' }>;

/** The type that `ofType(FHIR.Quantity)` names, without its namespace; `undefined` where the argument is no name. */
export function typeArgument({ arguments: [argument, ...more] }: Call | ComputingCall): string | undefined {
  if (argument?.kind !== 'member' || more.length > 0) return undefined;
  const { of, name } = argument;
  if (of === undefined) return name;
  return of.kind === 'member' && of.of === undefined && isNamespace(of.name) ? name : undefined;
}

/** The text that `extension('url')` is given. */
export function textArgument({ arguments: [argument, ...more] }: Call | ComputingCall): string | undefined {
  if (argument?.kind !== 'literal' || more.length > 0) return undefined;
  return argument.literal.kind === 'text' ? argument.literal.text : undefined;
}

/** Of types (https://hl7.org/fhirpath/N1/#type-specifiers): those of FHIR, and FHIRPath's own. */
export function isNamespace(name: string): boolean {
  return name === 'FHIR' || name === 'System';
}
