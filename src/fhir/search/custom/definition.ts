/**
 * From a SearchParameter resource (https://hl7.org/fhir/R4/searchparameter.html) to the parameters that searches use. What
 * refuses one that is written is in definition-issues.ts.
 */
import type { Issue } from '../../outcome.ts';
import { PathError } from '../../path/path-error.ts';
import type { Resource } from '../../resource.ts';
import { searchParametersOf } from '../parameters.ts';
import type { SearchParameter } from '../values.ts';
import { checkedParameter } from './definition-issues.ts';
import type { CustomComponent, CustomDefinition, DefinitionOf } from './definition-shape.ts';
import { compileExtractor } from './extractor.ts';
import type { Extract } from './extractor.ts';
import { familyOf } from './family.ts';
import { baseParameter, typesOf, writtenParameter } from './written-parameter.ts';
import type { WrittenComponent, WrittenParameter } from './written-parameter.ts';

export type { ComponentDefinition, CustomComponent, CustomDefinition, DefinitionOf } from './definition-shape.ts';
export { searchParameterIssues } from './definition-issues.ts';

/**
 * The definition to be searched by; `undefined` for what is not: not active, R4's own, special without an expression, or with
 * errors, which `searchParameterIssues` names.
 * @param definitionOf the parameters of the data store that a composite may be made of; R4's are known
 */
export function customDefinition(resource: Resource, definitionOf: DefinitionOf): CustomDefinition | undefined {
  return readDefinition(resource, definitionOf).definition;
}

/** A definition as it is read, compiled once for all that is to be known of it. */
export interface ReadDefinition {
  /** Absent for what is not to be searched by. */
  readonly definition?: CustomDefinition;
  /** The types for which `customParameters` has a parameter. */
  readonly types: readonly string[];
  /** What is wrong with one that is active. */
  readonly issues: readonly Issue[];
}

/** @param definitionOf as for `customDefinition` */
export function readDefinition(resource: Resource, definitionOf: DefinitionOf): ReadDefinition {
  const written = writtenParameter(resource);
  const { url, version, status, code, expression, base, components } = written;
  if (status !== 'active') return { types: [], issues: [] };
  const { issues, types } = checkedParameter(written, definitionOf);
  if (url === undefined || code === undefined || expression === undefined || baseParameter(url) !== undefined || issues.length > 0) return { types: [], issues };
  const type = written.type as CustomDefinition['type'];
  const definition = {
    url,
    ...(version === undefined ? {} : { version }),
    code,
    type,
    base,
    expression,
    targets: targetsOf(written),
    ...(type === 'composite' ? { components: components.map((component) => customComponent(component, definitionOf)) } : {}),
  };
  return { definition, types: types.filter((one) => !searchParametersOf(one).has(code)), issues: [] };
}

function targetsOf({ type, targets }: WrittenParameter): readonly string[] {
  // That it may lead to any resource is said by naming none.
  return type !== 'reference' || targets.includes('Resource') ? [] : targets;
}

/** Of a component in which no issue was found. */
function customComponent({ url = '', expression = '' }: WrittenComponent, definitionOf: DefinitionOf): CustomComponent {
  const { code, type, targets } = (baseParameter(url) ?? definitionOf(url)) as CustomComponent;
  return { code, type, targets, expression };
}

/**
 * The parameters of each resource type that the definition gives one: where its expression may yield a value, and where R4
 * has no parameter of the code (`servedByR4`). Nothing for a definition that this version of the product cannot compile.
 */
export function customParameters(definition: CustomDefinition): ReadonlyMap<string, SearchParameter> {
  const { url, code, type, targets, components } = definition;
  const family = familyOf(definition);
  const parameters = new Map<string, SearchParameter>();
  for (const resourceType of typesOf(definition)) {
    if (searchParametersOf(resourceType).has(code)) continue;
    const extract = extractorOf(definition, resourceType);
    if (extract === undefined) continue;
    const parts = components && { components: components.map((one) => ({ code: one.code, type: one.type, targets: one.targets })) };
    parameters.set(resourceType, { code, type, url, targets, ...parts, custom: { family, extract } });
  }
  return parameters;
}

function extractorOf(definition: CustomDefinition, resourceType: string): Extract | undefined {
  try {
    return compileExtractor(definition, resourceType);
  } catch (error) {
    if (error instanceof PathError) return undefined;
    throw error;
  }
}

/** The resource types for which R4 itself has a parameter of the code: it keeps serving there, as implementation guides mean it. */
export function servedByR4(definition: CustomDefinition): readonly string[] {
  return typesOf(definition).filter((type) => searchParametersOf(type).has(definition.code));
}
