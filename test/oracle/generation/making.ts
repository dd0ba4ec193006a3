/** What the makers of values know beside the element: random choices, value sets and the relatives of codes. */
import { list, type Json, type Resource } from '../evaluator/json.ts';
import type { Population } from '../evaluator/population.ts';
import type { Random } from '../../store/model/random.ts';
import { definedValueSets, type Making } from './values.ts';

/** Of a large code system some codes are enough to choose from. */
const maxRelatives = 40;

export function makingFor(population: Population, random: Random): Making {
  const valueSets = new Map(definedValueSets());
  for (const one of population.byType.get('ValueSet') ?? []) {
    for (const system of storedSystems(one, population)) valueSets.set(system, [...(valueSets.get(system) ?? []), one['url'], `ValueSet/${one.id}`]);
  }
  const relatives = new Map<string, readonly string[]>();
  return {
    random,
    baseUrl: population.context.baseUrl,
    valueSetsOf: (system) => valueSets.get(system) ?? [],
    relatives: (system, code) => {
      const codes = relatives.get(system) ?? codesOf(population.context.terminology.codeSystem(system));
      relatives.set(system, codes);
      return codes.length === 0 ? [] : [code, ...codes];
    },
  };
}

/** Sets that were made to be searched; those of the official examples are as R4 defines them. */
function storedSystems(valueSet: Resource, population: Population): readonly string[] {
  if (!valueSet.id.startsWith('oracle-')) return [];
  const included: readonly Json[] = list(valueSet['compose']?.include);
  const nested = included.flatMap((one) => list(one.valueSet)).flatMap((name) => list(population.context.terminology.valueSet(name)?.compose?.include));
  return [...new Set([...included, ...nested].map(({ system }) => system as string | undefined).filter((system) => system !== undefined))];
}

function codesOf(codeSystem: Json): readonly string[] {
  if (codeSystem?.content !== 'complete') return [];
  const codes: string[] = [];
  const visit = (concept: Json): void => {
    codes.push(concept.code);
    for (const inner of list(concept.concept)) visit(inner);
  };
  for (const concept of list(codeSystem.concept)) visit(concept);
  return codes.slice(0, maxRelatives);
}
