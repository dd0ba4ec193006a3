/**
 * Value sets and code systems for searches (https://hl7.org/fhir/R4/search.html#token): those that are stored here, found
 * by their canonical URL, before those of R4 itself.
 */
import { notSupported } from '../../fhir/outcome.ts';
import { isObject, parseJson } from '../../fhir/json.ts';
import type { JsonObject } from '../../fhir/json.ts';
import { isId } from '../../fhir/resource.ts';
import { searchParameter } from '../../fhir/search/parameters.ts';
import type { Clause, CodeSet, Criterion } from '../../fhir/search/criteria.ts';
import { builtInTerminology } from '../../fhir/terminology/built-in.ts';
import { codeSet } from '../../fhir/terminology/codes.ts';
import { inTurn, parseCanonical } from '../../fhir/terminology/terminology-source.ts';
import type { Canonical, TerminologySource } from '../../fhir/terminology/terminology-source.ts';
import { ValueSets } from '../../fhir/terminology/value-set.ts';
import { newest } from './newest-definition.ts';
import { everyMatch } from './every-match.ts';
import type { DataStore } from '../../store/data-store.ts';

type Reading = Pick<DataStore, 'read' | 'search'>;

export interface Terminology {
  readonly valueSets: ValueSets;
  /**
   * @param reference `ValueSet/id`, the same under this server's base, or a canonical URL with or without version
   * @param name of the parameter with its modifier, for messages
   */
  codesOf(reference: string, name: string): Promise<CodeSet>;
}

export function openTerminology(store: Reading, baseUrl: string): Terminology {
  const source = inTurn(storedTerminology(store, baseUrl), builtInTerminology);
  const valueSets = new ValueSets(source);
  const known = new Map<string, CodeSet>();
  return {
    valueSets,
    codesOf: async (reference, name) => {
      const before = known.get(reference);
      if (before !== undefined) return before;
      const found = (await literal(store, reference, baseUrl)) ?? (await source.valueSet(parseCanonical(reference)));
      if (found === undefined) throw unknownValueSet(name);
      const codes = codeSet(await valueSets.codesOf(found));
      known.set(reference, codes);
      return codes;
    },
  };
}

function unknownValueSet(name: string): Error {
  return notSupported(
    `${name} names a value set that is not known here: it is neither stored nor one of R4's. Store the ValueSet, and give its url or ValueSet/id.`,
  );
}

/** "If the server can treat the reference as a literal URL, it does". */
async function literal(store: Reading, reference: string, baseUrl: string): Promise<JsonObject | undefined> {
  const base = `${baseUrl.replace(/\/$/, '')}/`;
  const relative = reference.startsWith(base) ? reference.slice(base.length) : reference;
  const [type, id, ...rest] = relative.split('/');
  if (type !== 'ValueSet' || !isId(id) || rest.length > 0) return undefined;
  return definition((await store.read('ValueSet', id))?.json);
}

function storedTerminology(store: Reading, baseUrl: string): TerminologySource {
  const find = async (type: string, canonical: Canonical): Promise<JsonObject | undefined> => {
    const definitions = await everyMatch(store, { type, baseUrl, clauses: clausesOf(type, canonical) }, ({ json }) => definition(json));
    return newest(definitions.filter((each) => each !== undefined));
  };
  return {
    codeSystem: (canonical) => find('CodeSystem', canonical),
    valueSet: (canonical) => find('ValueSet', canonical),
  };
}

function clausesOf(type: string, { url, version }: Canonical): Clause[] {
  const clauses = [clause(type, 'url', { kind: 'uri', uri: url })];
  if (version !== undefined) clauses.push(clause(type, 'version', { kind: 'token', code: version }));
  return clauses;
}

function clause(type: string, code: string, criterion: Criterion): Clause {
  return { parameter: searchParameter(type, code)!, criteria: [criterion] };
}

function definition(json: string | undefined): JsonObject | undefined {
  const resource = json === undefined ? undefined : parseJson(json);
  return isObject(resource) ? resource : undefined;
}
