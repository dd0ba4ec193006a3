/**
 * The Condition block of a policy statement
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html).
 */
type OneOrMany<Value> = Value | readonly Value[];

/** Operator to key to values, as in a policy. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, OneOrMany<string | number | boolean>>>>>;

/** What the request says for itself; keys are compared without case. */
export type Context = Readonly<Record<string, OneOrMany<string>>>;

const compiled = new Map<string, RegExp>();

/** `*` for any text, `?` for any character. */
export function wildcard(pattern: string, text: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === text;
  const expression = compiled.get(pattern) ?? new RegExp(`^${sourceOf(pattern)}$`, 's');
  compiled.set(pattern, expression);
  return expression.test(text);
}

function sourceOf(pattern: string): string {
  return pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
}

/** Policy variables as `${aws:PrincipalTag/team}`; one that the request does not have matches nothing. */
export function substituted(pattern: string, context: Context): string {
  return pattern.replaceAll(/\$\{([^}]+)\}/g, (_all, name: string) => {
    if (['*', '?', '$'].includes(name)) return name;
    return valuesOf(context, name)?.[0] ?? '\u0000';
  });
}

function valuesOf(context: Context, key: string): readonly string[] | undefined {
  const name = Object.keys(context).find((each) => each.toLowerCase() === key.toLowerCase());
  const value = name === undefined ? undefined : context[name];
  return value === undefined || typeof value !== 'string' ? value : [value];
}

type Comparison = (wanted: string, given: string) => boolean;

const numbers = (compare: (given: number, wanted: number) => boolean): Comparison => (wanted, given) => compare(Number(given), Number(wanted));
const instants = (compare: (given: number, wanted: number) => boolean): Comparison => (wanted, given) => compare(Date.parse(given), Date.parse(wanted));
const same: Comparison = (wanted, given) => wanted === given;
const withoutCase: Comparison = (wanted, given) => wanted.toLowerCase() === given.toLowerCase();

const comparisons: Readonly<Record<string, Comparison>> = {
  StringEquals: same,
  StringEqualsIgnoreCase: withoutCase,
  StringLike: wildcard,
  ArnEquals: wildcard,
  ArnLike: wildcard,
  Bool: withoutCase,
  NumericEquals: numbers((given, wanted) => given === wanted),
  NumericLessThan: numbers((given, wanted) => given < wanted),
  NumericLessThanEquals: numbers((given, wanted) => given <= wanted),
  NumericGreaterThan: numbers((given, wanted) => given > wanted),
  NumericGreaterThanEquals: numbers((given, wanted) => given >= wanted),
  DateEquals: instants((given, wanted) => given === wanted),
  DateLessThan: instants((given, wanted) => given < wanted),
  DateLessThanEquals: instants((given, wanted) => given <= wanted),
  DateGreaterThan: instants((given, wanted) => given > wanted),
  DateGreaterThanEquals: instants((given, wanted) => given >= wanted),
};

/** Operators that hold when none of the values matches. */
const negations: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
};

/** Every operator and every key must hold. @throws Error for an operator that is not known */
export function conditionsHold(conditions: Conditions, context: Context): boolean {
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => {
      const texts = (Array.isArray(wanted) ? (wanted as readonly unknown[]) : [wanted]).map((value) => substituted(String(value), context));
      return holds(operator, texts, valuesOf(context, key));
    }));
}

function holds(operator: string, wanted: readonly string[], given: readonly string[] | undefined): boolean {
  const [, quantifier, name = '', ifExists] = /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  if (name === 'Null') return wanted.some((value) => (value.toLowerCase() === 'true') === (given === undefined || given.length === 0));
  const negated = negations[name];
  const compare = comparisons[negated ?? name];
  if (compare === undefined) throw new Error(`The condition operator ${operator} is not known to conditions.ts.`);
  if (given === undefined) return ifExists !== undefined || quantifier === 'ForAllValues' || (negated !== undefined && quantifier === undefined);
  const matches = (value: string): boolean => wanted.some((each) => compare(each, value)) === (negated === undefined);
  return quantifier === 'ForAnyValue' ? given.some(matches) : given.every(matches);
}
