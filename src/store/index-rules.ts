/**
 * The part of the rules of the index that changes while a store lives: its search parameters beyond R4's, each with what
 * is done about it at the moment. See docs/store.md, Search parameters of a store's own.
 *
 * One item keeps them. Each definition has families of its own, so adding one changes nothing for others: R4's entries and
 * `generation` stay what they are.
 */
import { unprocessable } from '../fhir/outcome.ts';
import type { CustomDefinition } from '../fhir/search/custom/definition-shape.ts';
import { familyOf } from '../fhir/search/custom/family.ts';
import type { Item } from '../ports/ordered-table.ts';
import { decodeBody, encodeBody } from './body.ts';
import { rulesKey } from './keys.ts';

/**
 * | state | filed by writers | searched |
 * |---|---|---|
 * | `filing` | yes | not yet: older resources have no entries |
 * | `active` | yes | yes |
 * | `leaving` | yes | yes, until what is to come in its place is complete |
 * | `retiring` | yes | no, but whoever has older rules may |
 * | `removing` | no, but whoever has older rules may | no |
 */
export type DefinitionState = 'filing' | 'active' | 'leaving' | 'retiring' | 'removing';

export interface RuledDefinition {
  readonly definition: CustomDefinition;
  readonly state: DefinitionState;
  /** Part of its families' names, so that entries of the same definition at another time are none of its own. */
  readonly epoch: number;
}

export interface IndexRules {
  /** New on every put; absent where none has ever been. */
  readonly rev?: string;
  /** The `$reindex` that changed them last. */
  readonly run?: string;
  /** When they were changed last, milliseconds since the epoch. */
  readonly changed: number;
  /** So many epochs there have been. */
  readonly epochs: number;
  readonly definitions: readonly RuledDefinition[];
}

export const firstRules: IndexRules = { changed: 0, epochs: 0, definitions: [] };

export const filedStates: ReadonlySet<DefinitionState> = new Set(['filing', 'active', 'leaving', 'retiring']);
export const searchedStates: ReadonlySet<DefinitionState> = new Set(['active', 'leaving']);

/** Each is held against every resource that is written; HealthLake has 100 for a data store, and those that leave count too. */
export const maxDefinitions = 200;
/** With room for the other attributes in an item of 400 KB. */
const maxRulesBytes = 350 * 1024;

/**
 * The rules with which a `$reindex` begins: what is new is filed, what is not wanted any more leaves when that is complete.
 *
 * @throws FhirError 422 when there are too many
 */
export function begunRules(rules: IndexRules, wanted: readonly CustomDefinition[]): Omit<IndexRules, 'rev' | 'changed'> {
  let { epochs } = rules;
  const standing = new Map(rules.definitions.filter(({ state }) => mayStay.has(state)).map((one) => [familyOf(one.definition), one]));
  const staying = new Set<RuledDefinition>();
  const unique = [...new Map(wanted.map((definition) => [familyOf(definition), definition])).entries()];
  const next = unique.map(([key, definition]): RuledDefinition => {
    const known = standing.get(key);
    if (known === undefined) return { definition, state: 'filing', epoch: (epochs += 1) };
    staying.add(known);
    return { ...known, definition, state: known.state === 'leaving' ? 'active' : known.state };
  });
  const others = rules.definitions.filter((one) => !staying.has(one)).map((one) => ({ ...one, state: unwanted[one.state] }));
  const definitions = [...next, ...others];
  if (definitions.length > maxDefinitions) {
    throw unprocessable(`A data store has at most ${maxDefinitions} search parameters of its own. Retire some of them, and reindex.`, 'SearchParameter');
  }
  return { epochs, definitions };
}

/** What has been filed all the time. */
const mayStay: ReadonlySet<DefinitionState> = new Set(['filing', 'active', 'leaving']);

const unwanted: Readonly<Record<DefinitionState, DefinitionState>> = {
  filing: 'removing', active: 'leaving', leaving: 'leaving', retiring: 'retiring', removing: 'removing',
};

/**
 * Every resource has its entries by now: what was filed is searched, what leaves no longer.
 *
 * @param unfit URLs of definitions for which some resource could not be filed
 */
export function completedRules({ definitions }: IndexRules, unfit: ReadonlySet<string>): readonly RuledDefinition[] {
  return definitions.map((one) => {
    if (one.state === 'leaving') return { ...one, state: 'retiring' };
    if (one.state !== 'filing') return one;
    return { ...one, state: unfit.has(one.definition.url) ? 'removing' : 'active' };
  });
}

/** Nobody searches by them any more. */
export function retiredRules({ definitions }: IndexRules): readonly RuledDefinition[] {
  return definitions.map((one) => (one.state === 'retiring' ? { ...one, state: 'removing' } : one));
}

/** Nothing of them is left in the index. */
export function removedRules({ definitions }: IndexRules): readonly RuledDefinition[] {
  return definitions.filter(({ state }) => state !== 'removing');
}

/** @throws FhirError 422 when the definitions are too large together */
export function indexRulesItem({ rev, run, changed, epochs, definitions }: IndexRules & { readonly rev: string }): Item {
  const body = encodeBody(JSON.stringify(definitions));
  if (body.length > maxRulesBytes) throw unprocessable('The search parameters of this data store are too large together. Shorten their expressions.', 'SearchParameter');
  return { ...rulesKey, attributes: { rev, changed, epochs, ...(run === undefined ? {} : { run }) }, body };
}

export function indexRulesOfItem({ attributes = {}, body }: Item): IndexRules {
  const { rev, run, changed, epochs } = attributes;
  return {
    rev: rev as string,
    ...(run === undefined ? {} : { run: run as string }),
    changed: changed as number,
    epochs: epochs as number,
    definitions: JSON.parse(decodeBody(body!)) as RuledDefinition[],
  };
}
