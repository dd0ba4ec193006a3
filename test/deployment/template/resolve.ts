/**
 * CloudFormation's intrinsic functions over one template
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html).
 */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** What an expression may point at. Each throws for a name that it does not know. */
export interface Scope {
  /** A parameter, a pseudo parameter or a resource. */
  ref(name: string): Json | undefined;
  attribute(logicalId: string, attribute: string): Json;
  imported(exportName: string): Json;
  condition(name: string): boolean;
  mapping(map: string, first: string, second: string): Json;
  zones(region: string): readonly string[];
}

/** `AWS::NoValue`: the property that holds it is left out. */
export const noValue = undefined;

/** @throws Error for a function that is not known, and for a name that leads nowhere */
export function resolve(value: Json, scope: Scope): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => resolve(item, scope)).filter((item) => item !== noValue);
  if (typeof value !== 'object' || value === null) return value;
  const object = value as { readonly [name: string]: Json };
  const [name, ...others] = Object.keys(object);
  if (name !== undefined && others.length === 0 && (name === 'Ref' || name === 'Condition' || name.startsWith('Fn::'))) {
    // `Condition` is a function in Conditions alone; an IAM statement's block of that name holds an object.
    if (name !== 'Condition' || typeof object[name] === 'string') return call(name, object[name]!, scope);
  }
  const resolved = Object.entries(object).map(([key, item]) => [key, resolve(item, scope)] as const);
  return Object.fromEntries(resolved.filter(([, item]) => item !== noValue)) as Json;
}

type IntrinsicFunction = (argument: Json, scope: Scope) => Json | undefined;

function list(value: Json, scope: Scope): readonly Json[] {
  const resolved = resolve(value, scope);
  if (!Array.isArray(resolved)) throw new Error(`A list is wanted here: ${JSON.stringify(value)}`);
  return resolved as readonly Json[];
}

function text(value: Json | undefined, scope: Scope): string {
  const resolved = value === undefined ? undefined : resolve(value, scope);
  if (typeof resolved === 'number' || typeof resolved === 'boolean') return String(resolved);
  if (typeof resolved !== 'string') throw new Error(`A text is wanted here: ${JSON.stringify(value)}`);
  return resolved;
}

function equal(one: Json | undefined, other: Json | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function truth(value: Json, scope: Scope): boolean {
  return resolve(value, scope) === true;
}

const functions: Readonly<Record<string, IntrinsicFunction>> = {
  Ref: (name, scope) => scope.ref(name as string),
  Condition: (name, scope) => scope.condition(name as string),
  'Fn::GetAtt': (argument, scope) => {
    const [logicalId, ...attribute] = typeof argument === 'string' ? argument.split('.') : (argument as readonly string[]);
    return scope.attribute(logicalId!, attribute.join('.'));
  },
  'Fn::Join': (argument, scope) => {
    const [separator, parts] = argument as readonly [string, Json];
    return list(parts, scope).map((part) => text(part, scope)).join(separator);
  },
  'Fn::Sub': (argument, scope) => {
    const [template, own] = typeof argument === 'string' ? [argument, {}] : (argument as readonly [string, Record<string, Json>]);
    return template.replaceAll(/\$\{(!?)([^}]+)\}/g, (_all, literal: string, name: string) => {
      if (literal !== '') return `\${${name}}`;
      if (own[name] !== undefined) return text(own[name], scope);
      const [logicalId, ...attribute] = name.split('.');
      return text(attribute.length === 0 ? scope.ref(name)! : scope.attribute(logicalId!, attribute.join('.')), scope);
    });
  },
  'Fn::Select': (argument, scope) => {
    const [index, values] = argument as readonly [Json, Json];
    const chosen = list(values, scope)[Number(text(index, scope))];
    if (chosen === undefined) throw new Error(`Fn::Select is out of range: ${JSON.stringify(argument)}`);
    return chosen;
  },
  'Fn::Split': (argument, scope) => {
    const [separator, whole] = argument as readonly [string, Json];
    return text(whole, scope).split(separator);
  },
  'Fn::ImportValue': (argument, scope) => scope.imported(text(argument, scope)),
  'Fn::FindInMap': (argument, scope) => {
    const [map, first, second] = (argument as readonly Json[]).map((part) => text(part, scope));
    return scope.mapping(map!, first!, second!);
  },
  'Fn::GetAZs': (argument, scope) => scope.zones(text(argument, scope)),
  'Fn::Base64': (argument, scope) => Buffer.from(text(argument, scope)).toString('base64'),
  'Fn::ToJsonString': (argument, scope) => JSON.stringify(resolve(argument, scope)),
  'Fn::If': (argument, scope) => {
    const [condition, then, otherwise] = argument as readonly [string, Json, Json];
    return resolve(scope.condition(condition) ? then : otherwise, scope);
  },
  'Fn::Equals': (argument, scope) => {
    const [one, other] = argument as readonly [Json, Json];
    return equal(resolve(one, scope), resolve(other, scope));
  },
  'Fn::Not': (argument, scope) => !truth((argument as readonly Json[])[0]!, scope),
  'Fn::And': (argument, scope) => (argument as readonly Json[]).every((part) => truth(part, scope)),
  'Fn::Or': (argument, scope) => (argument as readonly Json[]).some((part) => truth(part, scope)),
};

function call(name: string, argument: Json, scope: Scope): Json | undefined {
  const intrinsic = functions[name];
  if (intrinsic === undefined) throw new Error(`${name} is not known to resolve.ts.`);
  return intrinsic(argument, scope);
}
