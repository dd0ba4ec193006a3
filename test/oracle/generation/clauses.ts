/** Single clauses from the values of resources. */
import { parametersOf, type Kind } from '../evaluator/definitions.ts';
import { elementsOf } from '../evaluator/elements.ts';
import type { Resource } from '../evaluator/json.ts';
import type { NameValue } from '../evaluator/population.ts';
import type { Oracle } from '../searched.ts';
import { operatorsOf, reasonAgainst } from './cells.ts';
import { clauseFor } from './queries.ts';
import { pickSite, type Site } from './sites.ts';
import type { Making } from './values.ts';

export type Given = { readonly oracle: Oracle; readonly making: Making };

/** A clause on any parameter of the resource, by any operator that it has. */
export function anyClause({ oracle, making }: Given, resource?: Resource): { readonly site: Site; readonly clause: NameValue } | undefined {
  const { random, sites } = { random: making.random, sites: oracle.sites };
  for (let tries = 0; tries < 40; tries += 1) {
    const key = random.pick([...sites.keys()]);
    const site = pickSite(random, sites.get(key)!);
    if (resource !== undefined && site.resource !== resource) continue;
    const clause = clauseOf(site, making);
    if (clause !== undefined) return { site, clause };
  }
  return undefined;
}

function clauseOf(site: Site, making: Making): NameValue | undefined {
  const [kind, type] = [site.parameter.type, site.elements.map((element) => element.type).join('$')] as [Kind, string];
  const operator = making.random.pick(operatorsOf(kind, type));
  return reasonAgainst(kind, type, operator) === undefined ? clauseFor(site, operator, making) : undefined;
}

/** Several clauses that one resource has values for. */
export function clausesOf(resource: Resource, { making }: Given, count: number): NameValue[] {
  const { random } = making;
  const parameters = [...parametersOf(resource.resourceType).values()].filter(({ type, expression }) => type !== 'composite' && expression !== undefined);
  const sites = parameters.flatMap((parameter) => elementsOf(resource, parameter).map((element): Site => ({ resource, parameter, elements: [element] })));
  const clauses: NameValue[] = [];
  for (let tries = 0; clauses.length < count && tries < 20 && sites.length > 0; tries += 1) {
    const clause = clauseOf(random.pick(sites), making);
    if (clause !== undefined) clauses.push(clause);
  }
  return clauses;
}
