/**
 * What a `$reindex` takes of the definitions that could be searched by, and what it tells of the others. Its job's record, an
 * item of 400 KB, holds both, so both are bounded here; whatever is left out is counted.
 */
import type { CustomDefinition } from '../../fhir/search/custom/definition.ts';
import { maxDefinitions } from '../../store/index-rules.ts';

/**
 * Of the definitions with what is told of them, as JSON: 200 of a kilobyte and more each. With `maxUnusedBytes`, and a hundred
 * characters for each that turns out not to fit, it leaves the item of the job a fifth for the rest.
 */
export const maxChosenBytes = 256 * 1024;
/** Of what is told of definitions that are not searched by, as JSON: some 300. */
export const maxUnusedBytes = 48 * 1024;

export interface SearchableDefinition {
  readonly url: string;
  readonly code: string;
  /** The types that it is searched on. */
  readonly types: readonly string[];
}

/** A definition, or some types of it, that searches do not use. */
export interface UnusedDefinition {
  readonly url: string;
  /** With what to do about it. */
  readonly reason: string;
}

/** A definition that can be searched by. */
export interface Usable {
  readonly definition: CustomDefinition;
  readonly types: readonly string[];
  /** It is searched by already. */
  readonly isInForce: boolean;
}

export interface BoundedChoice {
  /** In the order in which they were given. */
  readonly chosen: readonly SearchableChoice[];
  readonly beyond: readonly UnusedDefinition[];
}

export interface SearchableChoice {
  readonly definition: CustomDefinition;
  readonly searchable: SearchableDefinition;
}

/** As many as a data store may have and the job can keep. Those in force come first, so that no other takes their place. */
export function boundedChoice(usable: readonly Usable[]): BoundedChoice {
  const places = usable.map((one) => ({ isInForce: one.isInForce, choice: choiceOf(one) }));
  const reasons = new Map<SearchableChoice, string>();
  let count = 0;
  let bytes = 0;
  for (const { choice } of places.toSorted((one, other) => Number(other.isInForce) - Number(one.isInForce))) {
    const size = jsonBytes(choice);
    if (count >= maxDefinitions) reasons.set(choice, `A data store has at most ${maxDefinitions} search parameters of its own. Retire some of them, and reindex.`);
    else if (bytes + size > maxChosenBytes) reasons.set(choice, `The definitions of a data store may have ${maxChosenBytes} bytes together. Shorten this one, or name fewer types as base, or retire others, and reindex.`);
    else {
      count += 1;
      bytes += size;
    }
  }
  const choices = places.map(({ choice }) => choice);
  return {
    chosen: choices.filter((choice) => !reasons.has(choice)),
    beyond: choices.flatMap((choice) => {
      const reason = reasons.get(choice);
      return reason === undefined ? [] : [{ url: choice.definition.url, reason }];
    }),
  };
}

function choiceOf({ definition, types }: Usable): SearchableChoice {
  return { definition, searchable: { url: definition.url, code: definition.code, types } };
}

export interface ListedUnused {
  readonly unused: readonly UnusedDefinition[];
  /** How many more there are, which are not listed. */
  readonly unlisted: number;
}

/** The first of them that can be kept, told as they are: a URL that is longer than all that may be told is not. */
export function listedUnused(all: readonly UnusedDefinition[]): ListedUnused {
  const unused: UnusedDefinition[] = [];
  let bytes = 0;
  for (const one of all) {
    const size = jsonBytes(one);
    if (bytes + size > maxUnusedBytes) continue;
    bytes += size;
    unused.push(one);
  }
  return { unused, unlisted: all.length - unused.length };
}

const encoder = new TextEncoder();

function jsonBytes(value: object): number {
  return encoder.encode(JSON.stringify(value)).length;
}
