/**
 * The synthesized templates as CloudFormation would see them in one account and region: several stacks, every
 * expression resolved, resources under their physical names.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { attributeOf, physicalName, refOf } from './physical-names.ts';
import type { NamedResource, Place } from './physical-names.ts';
import { resolve } from './resolve.ts';
import type { Json, Scope } from './resolve.ts';

export interface Template {
  readonly Parameters?: Readonly<Record<string, { readonly Default?: Json }>>;
  readonly Mappings?: Readonly<Record<string, Record<string, Record<string, Json>>>>;
  readonly Conditions?: Readonly<Record<string, Json>>;
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: Json; readonly Export?: { readonly Name: Json } }>>;
}

interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Json;
  readonly Condition?: string;
  readonly DependsOn?: string | readonly string[];
  readonly Metadata?: Readonly<Record<string, Json>>;
  readonly DeletionPolicy?: string;
}

/** Properties are of the template's making: who reads them knows their shape. */
// oxlint-disable-next-line typescript/no-explicit-any -- CloudFormation has a thousand shapes of properties
export type Properties = Record<string, any>;

export interface Resource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  /** Resolved. */
  readonly properties: Properties;
  readonly name: string;
  readonly ref: string;
  readonly metadata: Readonly<Record<string, Json>>;
  readonly deletionPolicy: string | undefined;
}

export interface Assembly {
  readonly place: Place;
  readonly stacks: readonly string[];
  /** Those whose condition holds. */
  resources(type?: string): readonly Resource[];
  /** @throws Error unless there is exactly one */
  resource(type: string, name: string): Resource;
  attribute(resource: Resource, attribute: string): string;
  output(stack: string, logicalId: string): Json;
}

/** @param folder the synthesized application, with `*.template.json` */
export function loadAssembly(folder: string, place: Place): Assembly {
  const files = readdirSync(folder).filter((file) => file.endsWith('.template.json'));
  const templates = files.map((file) => [file.replace('.template.json', ''), JSON.parse(readFileSync(join(folder, file), 'utf8'))] as const);
  return assemble(Object.fromEntries(templates), place);
}

/** @param attributes of custom resources, by logical id: what their providers would answer */
export function assemble(
  templates: Readonly<Record<string, Template>>, place: Place, attributes: Readonly<Record<string, Record<string, string>>> = {},
): Assembly {
  const scopes = new Map<string, Scope>();
  const exported = (name: string): Json => {
    for (const [stack, { Outputs = {} }] of Object.entries(templates)) {
      for (const { Value, Export } of Object.values(Outputs)) {
        if (Export !== undefined && resolve(Export.Name, scopes.get(stack)!) === name) return resolve(Value, scopes.get(stack)!)!;
      }
    }
    throw new Error(`No stack exports ${name}.`);
  };
  for (const [stack, template] of Object.entries(templates)) scopes.set(stack, scopeOf({ stack, template, place, attributes }, exported));
  const all = Object.entries(templates).flatMap(([stack, template]) => resourcesOf(stack, template, { scope: scopes.get(stack)!, place }));
  // Asked for with every call of a function.
  const byType = Map.groupBy(all, ({ type }) => type);
  return {
    place,
    stacks: Object.keys(templates),
    resources: (type) => (type === undefined ? all : (byType.get(type) ?? [])),
    resource(type, name) {
      const found = (byType.get(type) ?? []).filter((resource) => resource.name === name);
      if (found.length !== 1) throw new Error(`${found.length} resources of type ${type} are called ${name}.`);
      return found[0]!;
    },
    attribute: (resource, attribute) => attributeOf(resource, attribute, place),
    output: (stack, logicalId) => resolve(templates[stack]!.Outputs![logicalId]!.Value, scopes.get(stack)!)!,
  };
}

function resourcesOf(stack: string, template: Template, { scope, place }: { scope: Scope; place: Place }): readonly Resource[] {
  return Object.entries(template.Resources ?? {})
    .filter(([, { Condition }]) => Condition === undefined || scope.condition(Condition))
    .map(([logicalId, { Type, Properties = {}, Metadata = {}, DeletionPolicy }]) => {
      const named: NamedResource = { stack, logicalId, type: Type, properties: resolve(Properties, scope) as Properties };
      return { ...named, name: physicalName(named), ref: refOf(named, place), metadata: Metadata, deletionPolicy: DeletionPolicy };
    });
}

interface StackContext {
  readonly stack: string;
  readonly template: Template;
  readonly place: Place;
  readonly attributes: Readonly<Record<string, Record<string, string>>>;
}

function scopeOf({ stack, template, place, attributes }: StackContext, exported: (name: string) => Json): Scope {
  const pseudo: Readonly<Record<string, Json | undefined>> = {
    'AWS::AccountId': place.account,
    'AWS::Region': place.region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stack,
    'AWS::StackId': `arn:aws:cloudformation:${place.region}:${place.account}:stack/${stack}/00000000-0000-0000-0000-000000000000`,
    'AWS::NotificationARNs': [],
    'AWS::NoValue': undefined,
  };
  const named = (logicalId: string): NamedResource => {
    const resource = template.Resources?.[logicalId];
    if (resource === undefined) throw new Error(`There is no resource or parameter ${logicalId} in ${stack}.`);
    // Only its name is wanted: properties that point at other resources in a circle are never touched.
    const properties = new Proxy({}, {
      get: (_target, name: string) => {
        const value = (resource.Properties as Record<string, Json> | undefined)?.[name];
        return value === undefined ? undefined : resolve(value, scope);
      },
    });
    return { stack, logicalId, type: resource.Type, properties };
  };
  const scope: Scope = {
    ref(name) {
      if (name in pseudo) return pseudo[name];
      const parameter = template.Parameters?.[name];
      if (parameter === undefined) return refOf(named(name), place);
      if (parameter.Default === undefined) throw new Error(`The parameter ${name} of ${stack} has no default: a deployment would ask for it.`);
      return parameter.Default;
    },
    attribute: (logicalId, attribute) => attributes[logicalId]?.[attribute] ?? attributeOf(named(logicalId), attribute, place),
    imported: exported,
    condition(name) {
      const condition = template.Conditions?.[name];
      if (condition === undefined) throw new Error(`There is no condition ${name} in ${stack}.`);
      return resolve(condition, scope) === true;
    },
    mapping(map, first, second) {
      const value = template.Mappings?.[map]?.[first]?.[second];
      if (value === undefined) throw new Error(`${stack} maps ${map}.${first}.${second} to nothing.`);
      return value;
    },
    zones: (region) => ['a', 'b', 'c'].map((zone) => `${region === '' ? place.region : region}${zone}`),
  };
  return scope;
}
