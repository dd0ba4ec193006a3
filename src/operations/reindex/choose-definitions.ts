/**
 * Which of the SearchParameter resources of a data store its searches are to use
 * (https://hl7.org/fhir/R4/searchparameter.html), and why the others are not used.
 *
 * One code means one thing on a type: R4's own code stays R4's; of several definitions the one that is in force keeps it,
 * else the first by url has it. What is left of a definition's types is used.
 */
import { readDefinition, servedByR4 } from '../../fhir/search/custom/definition.ts';
import type { CustomDefinition, DefinitionOf, ReadDefinition } from '../../fhir/search/custom/definition.ts';
import { baseParameter, typesOf, writtenParameter } from '../../fhir/search/custom/written-parameter.ts';
import type { WrittenParameter } from '../../fhir/search/custom/written-parameter.ts';
import { searchParametersOf } from '../../fhir/search/parameters.ts';
import type { SearchParameters } from '../../fhir/search/parameters.ts';
import type { SearchParameterType } from '../../fhir/search/values.ts';
import type { Resource } from '../../fhir/resource.ts';
import { newest } from '../search/newest-definition.ts';
import { boundedChoice, listedUnused } from './bounded-choice.ts';
import type { ListedUnused, SearchableDefinition, UnusedDefinition, Usable } from './bounded-choice.ts';

export type { SearchableDefinition, UnusedDefinition } from './bounded-choice.ts';

/**
 * Characters of the expressions of all definitions together, each times its resource types. Every process compiles them before
 * it can search or write: some seconds. Fifty extensions that all types may have come to it.
 */
export const maxExpressionLengthOfAll = 500_000;

export interface ChosenDefinitions extends ListedUnused {
  readonly wanted: readonly CustomDefinition[];
  /** What is to be searched at the end; the same definitions, by their types. */
  readonly searchable: readonly SearchableDefinition[];
}

/** A definition with the types that it has parameters for. */
interface Candidate {
  readonly definition: CustomDefinition;
  readonly types: readonly string[];
}

/** What is said of definitions that are not used: what can be mended comes first. */
interface Told {
  readonly faults: UnusedDefinition[];
  /** R4 serves for them, as guides that restate R4's parameters mean it. */
  readonly served: UnusedDefinition[];
}

/** A stored definition, as it was written. */
interface Stored {
  readonly resource: Resource;
  readonly written: WrittenParameter;
}

/**
 * @param resources all SearchParameter resources that are stored, in whatever order
 * @param active what searches use at this moment
 * @param letOthers gives the turn away between two definitions: thousands take seconds
 */
export async function chooseDefinitions(
  resources: readonly Resource[], active: SearchParameters, letOthers: () => Promise<void> | undefined = () => undefined,
): Promise<ChosenDefinitions> {
  const byUrl = Map.groupBy(resources.filter(isForeign), ({ url }) => url as string);
  const newestOfEach = [...byUrl.values()].map((some) => newest(some) as Resource);
  const stored = newestOfEach.toSorted((one, other) => (textOf(one.url) < textOf(other.url) ? -1 : 1)).map((resource): Stored => ({ resource, written: writtenParameter(resource) }));
  const told: Told = { faults: [], served: [] };
  const { kept, beyond } = affordable(stored.filter(({ written }) => !restates(written)), active);
  for (const { resource } of beyond) {
    told.faults.push({
      url: textOf(resource.url),
      reason: `The expressions of all definitions together, each times its resource types, have more than ${maxExpressionLengthOfAll} characters. Name fewer types as base, or retire others, and reindex.`,
    });
  }
  for (const { written } of stored.filter((one) => restates(one.written))) told.served.push({ url: textOf(written.url), reason: r4Reason(typesOf(written)) });
  return settled(await candidatesOf(kept, { stored, told, letOthers }), active, told);
}

interface Reading {
  readonly stored: readonly Stored[];
  readonly told: Told;
  readonly letOthers: () => Promise<void> | undefined;
}

/** Each is compiled once. */
async function candidatesOf(kept: readonly Stored[], { stored, told, letOthers }: Reading): Promise<readonly Candidate[]> {
  const read = new Map<Stored, ReadDefinition>();
  const isUsed = new Set(kept);
  const simple = new Map<string, Stored>(stored.filter((one) => isUsed.has(one) || restates(one.written)).map((one) => [textOf(one.resource.url), one]));
  // Those that composites may be made of come first.
  const definitionOf: DefinitionOf = (url) => componentOf(simple.get(url), read);
  for (const one of kept.toSorted((some, other) => Number(isComposite(some)) - Number(isComposite(other)))) {
    await letOthers();
    read.set(one, readDefinition(one.resource, definitionOf));
  }
  return kept.flatMap((one) => {
    const { definition, types, issues } = read.get(one)!;
    const url = textOf(one.resource.url);
    if (definition === undefined) told.faults.push({ url, reason: reasonOf(one, issues[0]?.diagnostics) });
    else if (servedByR4(definition).length > 0) told.served.push({ url, reason: r4Reason(servedByR4(definition)) });
    else if (types.length === 0) told.faults.push({ url, reason: 'Its expression selects nothing in any of its types. Correct it, and reindex.' });
    return definition === undefined || types.length === 0 ? [] : [{ definition, types }];
  });
}

/** What composites may be made of beside R4's parameters: a composite is named, so that it is refused as one. */
function componentOf(stored: Stored | undefined, read: ReadonlyMap<Stored, ReadDefinition>): ReturnType<DefinitionOf> {
  if (stored === undefined) return undefined;
  const { code, type, status, targets } = stored.written;
  if (!restates(stored.written) && !isComposite(stored)) return read.get(stored)?.definition;
  if (status !== 'active' || code === undefined || type === undefined) return undefined;
  return { code, type: type as SearchParameterType, targets: type !== 'reference' || targets.includes('Resource') ? [] : targets };
}

function isComposite({ written }: Stored): boolean {
  return written.type === 'composite';
}

/** Whether R4 serves for it on all of its types, so that it need not be read. */
function restates(written: WrittenParameter): boolean {
  const { status, code } = written;
  const types = typesOf(written);
  return status === 'active' && code !== undefined && types.length > 0 && types.every((type) => searchParametersOf(type).has(code));
}

/** Those in force come first, so that another definition never takes the place of one that is searched by. */
function affordable(stored: readonly Stored[], active: SearchParameters): { readonly kept: readonly Stored[]; readonly beyond: readonly Stored[] } {
  const weighed = stored.map((one) => ({ one, weight: weightOf(one), first: isInForce(one, active) ? 0 : 1 }));
  const beyond = new Set<Stored>();
  let length = 0;
  for (const { one, weight } of weighed.toSorted((some, other) => some.first - other.first)) {
    if (length + weight > maxExpressionLengthOfAll) beyond.add(one);
    else length += weight;
  }
  return { kept: stored.filter((one) => !beyond.has(one)), beyond: [...beyond] };
}

/** What is not active is not compiled to be searched by. */
function weightOf({ written }: Stored): number {
  if (written.status !== 'active') return 0;
  const length = written.components.reduce((sum, { expression = '' }) => sum + expression.length, written.expression?.length ?? 0);
  return length * typesOf(written).length;
}

function isInForce({ written }: Stored, active: SearchParameters): boolean {
  const { url, code } = written;
  return code !== undefined && typesOf(written).some((type) => active.of(type).get(code)?.url === url);
}

/** R4's own definitions may be stored too: they are in force whatever is stored. */
function isForeign({ url }: Resource): boolean {
  return typeof url === 'string' && url !== '' && baseParameter(url) === undefined;
}

function reasonOf({ written }: Stored, fault: string | undefined): string {
  if (written.status !== 'active') return 'Its status is not active. Set it so, and reindex.';
  return fault ?? 'What is defined in words alone cannot be searched by.';
}

function r4Reason(types: readonly string[]): string {
  return `It is not used on ${named(types)}: R4 has a parameter of this code there, which serves on.`;
}

function settled(candidates: readonly Candidate[], active: SearchParameters, { faults, served }: Told): ChosenDefinitions {
  const holders = new Map<string, string>();
  const inForce = new Set<string>();
  for (const { definition: { url, code }, types } of candidates) {
    for (const type of types) {
      if (active.of(type).get(code)?.url !== url) continue;
      holders.set(`${type} ${code}`, url);
      inForce.add(url);
    }
  }
  const usable: Usable[] = [];
  for (const { definition, types } of candidates) {
    const { url, code } = definition;
    const own = types.filter((type) => {
      const place = `${type} ${code}`;
      if (!holders.has(place)) holders.set(place, url);
      return holders.get(place) === url;
    });
    if (own.length > 0) usable.push({ definition: own.length === types.length ? definition : { ...definition, base: own }, types: own, isInForce: inForce.has(url) });
    const taken = types.filter((type) => !own.includes(type));
    if (taken.length > 0) faults.push({ url, reason: `It is not used on ${named(taken)}: another definition has this code there. Give it a code of its own, and reindex.` });
  }
  const { chosen, beyond } = boundedChoice(usable);
  return {
    wanted: chosen.map(({ definition }) => definition), searchable: chosen.map(({ searchable }) => searchable),
    ...listedUnused([...faults, ...beyond, ...served]),
  };
}

/** Longer lists of types are not repeated. */
const maxNamedTypes = 5;

function named(types: readonly string[]): string {
  return types.length > maxNamedTypes ? `${types.length} of its types` : types.join(', ');
}

function textOf(url: Resource[string]): string {
  return typeof url === 'string' ? url : '';
}
