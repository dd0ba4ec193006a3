/** A FHIRPath as a tree (https://hl7.org/fhirpath/N1/#grammar), as far as patches and search parameters have it. */

/** A date is a text, as FHIR's JSON has it. */
export type Literal = { readonly kind: 'text' | 'number'; readonly text: string } | { readonly kind: 'boolean'; readonly value: boolean };

export type BinaryOperator = '|' | '=' | '!=' | 'and' | 'or';

/** `of` is what stands before the dot; without it the step starts from what is at hand. `at` is its place in the text, from 0. */
export type Expression = { readonly at: number } & (
  | { readonly kind: 'literal'; readonly literal: Literal }
  /** `$this`, `%resource`, `%context`. */
  | { readonly kind: 'root'; readonly name: string }
  | { readonly kind: 'member'; readonly of?: Expression; readonly name: string }
  | { readonly kind: 'call'; readonly of?: Expression; readonly name: string; readonly arguments: readonly Expression[] }
  | { readonly kind: 'index'; readonly of: Expression; readonly index: number }
  | { readonly kind: 'type'; readonly operator: 'as' | 'is'; readonly of: Expression; readonly type: string }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Expression; readonly right: Expression }
);

export type Call = Extract<Expression, { kind: 'call' }>;
export type Binary = Extract<Expression, { kind: 'binary' }>;

/** The type that `ofType(FHIR.Quantity)` names, without its namespace; `undefined` where the argument is no name. */
export function typeArgument({ arguments: [argument, ...more] }: Call): string | undefined {
  if (argument?.kind !== 'member' || more.length > 0) return undefined;
  const { of, name } = argument;
  if (of === undefined) return name;
  return of.kind === 'member' && of.of === undefined && isNamespace(of.name) ? name : undefined;
}

/** The text that `extension('url')` is given. */
export function textArgument({ arguments: [argument, ...more] }: Call): string | undefined {
  if (argument?.kind !== 'literal' || more.length > 0) return undefined;
  return argument.literal.kind === 'text' ? argument.literal.text : undefined;
}

/** Of types (https://hl7.org/fhirpath/N1/#type-specifiers): those of FHIR, and FHIRPath's own. */
export function isNamespace(name: string): boolean {
  return name === 'FHIR' || name === 'System';
}
