/** Where the values of queries come from: the elements that search parameters are about, by kind and FHIR type. */
import { parametersOf, type Parameter } from '../evaluator/definitions.ts';
import { componentsOf, elementsOf, type Element } from '../evaluator/elements.ts';
import type { Resource } from '../evaluator/json.ts';
import { isTarget } from '../evaluator/matching.ts';
import type { Random } from '../../store/model/random.ts';

export interface Site {
  readonly resource: Resource;
  readonly parameter: Parameter;
  /** One element; of a composite one of each component. */
  readonly elements: readonly Element[];
}

/** By `kind type`, as `token Identifier` or `composite CodeableConcept$Quantity`; then by parameter, so that rare ones come up too. */
export type Sites = ReadonlyMap<string, ReadonlyMap<string, readonly Site[]>>;

export function sitesOf(resources: readonly Resource[]): Sites {
  const sites = new Map<string, Map<string, Site[]>>();
  for (const resource of resources) {
    for (const parameter of parametersOf(resource.resourceType).values()) {
      for (const elements of elementGroups(resource, parameter)) {
        const key = `${parameter.type} ${elements.map(typeName).join('$')}`;
        const byParameter = sites.get(key) ?? new Map<string, Site[]>();
        sites.set(key, byParameter);
        const name = `${resource.resourceType}.${parameter.code}`;
        byParameter.set(name, [...(byParameter.get(name)?.slice(-maxSites) ?? []), { resource, parameter, elements }]);
      }
    }
  }
  return sites;
}

/** Of each parameter that many are plenty to choose from. */
const maxSites = 60;

/** Resources inside resources are of one type here; so are the engine's own strings, which are ids. */
function typeName({ type, data }: Element): string {
  if (typeof data === 'object' && data !== null && 'resourceType' in data) return 'Resource';
  return type === 'System.String' ? 'id' : type;
}

function elementGroups(resource: Resource, parameter: Parameter): (readonly Element[])[] {
  if (parameter.type !== 'composite') {
    return elementsOf(resource, parameter).filter((element) => isTarget(element, parameter)).map((element) => [element]);
  }
  return componentsOf(resource, parameter)
    .filter((components) => components.every((one) => one.length > 0))
    .map((components) => components.map((one) => one[0]!));
}

export function pickSite(random: Random, byParameter: ReadonlyMap<string, readonly Site[]>): Site {
  return random.pick(random.pick([...byParameter.values()]));
}
