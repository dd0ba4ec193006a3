/** The ways to the matches of a clause on strings, URIs and positions. */
import { cellsCovering, maxGeohashLength } from '../fhir/search/geohash.ts';
import { isUrn } from '../fhir/search/kinds/uri.ts';
import { normalizeString } from '../fhir/search/normalized-text.ts';
import type { Clause, Criterion, UriCriterion } from '../fhir/search/criteria.ts';
import { bucketOf, geohashPartitionLength, stringBuckets, type PartitionType } from './entry-partitions.ts';
import { behindAllWith, isCut, separator, stringPosition, uriPosition } from './entry-positions.ts';
import type { Range } from './index-walk.ts';
import { afterAllKeys, behindKey } from './order-preserving.ts';
import { familiesOf, ofAll, type Route, type Scope } from './search-plan-scope.ts';
import { familyName } from './shared-families.ts';

/** https://hl7.org/fhir/R4/search.html#string: by the start of a word, whole, or by any part of the text. */
export function stringRoute(scope: Scope, clause: Clause): Route | undefined {
  switch (clause.modifier) {
    case undefined: case 'starts-with':
      return wordRoute(scope, clause, (position) => ({ from: position, to: behindAllWith(position) }));
    case 'exact': case 'equals':
      return wordRoute(scope, clause, (position) => ({ from: position, to: behindKey(position) }));
    case 'contains': case 'ends-with':
      return partRoute(scope, clause);
    default:
      return undefined;
  }
}

function wordRoute(scope: Scope, clause: Clause, boundsOf: (position: string) => Pick<Range, 'from' | 'to'>): Route | undefined {
  const { code } = clause.parameter;
  const words = ofAll(clause.criteria, normalized);
  return words && {
    kind: 'string',
    family: `string (${code})`,
    families: familiesOf(scope, clause.parameter),
    ranges: scope.types.flatMap((type) => words.map((word) => ({
      pk: scope.family.string(type, familyName(clause.parameter), bucketOf(word)), dateClass: '', ...boundsOf(stringPosition(word)),
    }))),
    covers: [clause],
  };
}

/** Every word of the parameter is looked at, but of the resources only those that have the part. */
function partRoute(scope: Scope, clause: Clause): Route | undefined {
  const { code } = clause.parameter;
  const parts = ofAll(clause.criteria, normalized)?.map((part) => part.replaceAll(' ', separator));
  return parts && {
    kind: 'contains',
    family: `contains (${code})`,
    families: familiesOf(scope, clause.parameter),
    ranges: scope.types.flatMap((type) => stringBuckets.map((bucket) => ({
      pk: scope.family.string(type, familyName(clause.parameter), bucket), dateClass: '', from: '', to: behindAllWith(''),
    }))),
    keep: (position) => isCut(position) || parts.some((part) => position.includes(part)),
    covers: [clause],
  };
}

/** `undefined` for a text without letters and digits, which has no words. */
function normalized(criterion: Criterion): string | undefined {
  return criterion.kind === 'string' ? normalizeString(criterion.text) || undefined : undefined;
}

/** https://hl7.org/fhir/R4/search.html#uri */
export function uriRoute(scope: Scope, clause: Clause): Route | undefined {
  const { parameter: { code }, modifier } = clause;
  if (modifier !== undefined && modifier !== 'below' && modifier !== 'above') return undefined;
  const uris = ofAll(clause.criteria, (criterion) => (criterion.kind === 'uri' ? criterion : undefined));
  const { family, types, shards } = scope;
  const pks = types.flatMap((type) => shards.map((shard) => family.uri(type, familyName(clause.parameter), shard)));
  return uris && {
    kind: 'uri',
    family: `uri (${code})`,
    families: familiesOf(scope, clause.parameter),
    ranges: pks.flatMap((pk) => uris.flatMap((uri) => uriBounds(uri, modifier).map((bounds) => ({ pk, dateClass: '', ...bounds })))),
    covers: [clause],
  };
}

function uriBounds(criterion: UriCriterion, modifier: 'below' | 'above' | undefined): readonly Pick<Range, 'from' | 'to'>[] {
  const position = uriPosition(criterion.uri);
  if (modifier === undefined || isUrn(criterion.uri)) return [exactly(position)];
  if (modifier === 'below') return [{ from: position, to: behindAllWith(position) }];
  // Whatever begins the URI: at most `maxUriPositionBytes` points.
  const beginnings = Array.from({ length: position.length }, (_, end) => position.slice(0, end + 1));
  return beginnings.filter((beginning) => beginning.isWellFormed()).map(exactly);
}

function exactly(position: string): Pick<Range, 'from' | 'to'> {
  return { from: position, to: behindKey(position) };
}

/** A circle in more cells would be read more exactly, but in more reads. */
const maxPositionRanges = 16;

/** `near` (https://hl7.org/fhir/R4/location.html#near); a circle of more than the index's largest cells is a walk of the type. */
export function positionRoute(scope: Scope, clause: Clause): Route | undefined {
  const { code } = clause.parameter;
  const cells = clause.modifier === undefined ? ofAll(clause.criteria, cellsOf)?.flat() : undefined;
  const rangeOf = (type: PartitionType) => (cell: string): Range => ({
    pk: scope.family.position(type, familyName(clause.parameter), cell.slice(0, geohashPartitionLength)), dateClass: '', from: cell, to: cell + afterAllKeys,
  });
  return cells && {
    kind: 'position',
    family: `position (${code})`,
    families: familiesOf(scope, clause.parameter),
    ranges: scope.types.flatMap((type) => [...new Set(cells)].map(rangeOf(type))),
    covers: [clause],
  };
}

/** The smallest cells that cover the circle with few. */
function cellsOf(criterion: Criterion): readonly string[] | undefined {
  if (criterion.kind !== 'position') return undefined;
  for (let length = maxGeohashLength; length > geohashPartitionLength; length -= 1) {
    const cells = cellsCovering(criterion, length);
    if (cells !== undefined && cells.length <= maxPositionRanges) return cells;
  }
  return cellsCovering(criterion, geohashPartitionLength);
}
