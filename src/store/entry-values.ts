/** The entries of one search parameter's values, one way for each kind (docs/store.md, Families). */
import { geohash, maxGeohashLength } from '../fhir/search/geohash.ts';
import { referenceKey } from '../fhir/search/kinds/reference.ts';
import { maxSearchedLength, wordStarts } from '../fhir/search/normalized-text.ts';
import type { NumberRange, SearchParameter, SearchValue, TokenValue } from '../fhir/search/values.ts';
import { bucketOf, geohashPartitionLength, type partitions, type PartitionType } from './entry-partitions.ts';
import { datePositions, numberPositions, separator, stringPosition, stringPositionLength, uriPosition } from './entry-positions.ts';
import { familyName } from './shared-families.ts';

export interface Entry {
  readonly pk: string;
  readonly position: string;
}

/** What the entries of one resource, or of one that it contains, have in common. */
export interface Filed {
  readonly type: PartitionType;
  readonly shard: number;
  /** Where it stands in partitions that are in order of the clinical date. */
  readonly clinical: string;
  readonly family: ReturnType<typeof partitions>;
}

/** May hold an entry twice, where a value is there twice. Words are looked for as they are asked for: there may be a million. */
export function valueEntries(parameter: SearchParameter, values: readonly SearchValue[], filed: Filed): Iterable<Entry> {
  const code = familyName(parameter);
  switch (parameter.type) {
    case 'date':
      return placed(filed.family.date(filed.type, code, filed.shard), datePositions(values));
    case 'string':
      return stringEntries(values, code, filed);
    case 'number': case 'quantity':
      return numberEntries(values, code, filed);
    case 'uri':
      return values.flatMap((value) => (value.kind !== 'uri' ? [] : [
        { pk: filed.family.uri(filed.type, code, filed.shard), position: uriPosition(value.uri) },
      ]));
    case 'composite':
      return compositeEntries(values, parameter, filed);
    case 'token': case 'reference':
      return values.flatMap((value) => equalityEntries(value, code, filed));
    case 'special':
      return positionEntries(values, code, filed);
  }
}

function placed(pk: string, positions: readonly string[]): readonly Entry[] {
  return positions.map((position) => ({ pk, position }));
}

/** A token without a code is found by walking the type. A reference may have a literal and a logical part. */
function equalityEntries(value: SearchValue, code: string, { type, clinical, family }: Filed): readonly Entry[] {
  const pks: string[] = [];
  if (value.kind === 'token' && value.code !== undefined) pks.push(family.token(type, code, value.code));
  if (value.kind === 'reference') {
    const target = referenceKey(value);
    if (target !== undefined) pks.push(family.reference(type, code, target));
    if (value.identifier?.value !== undefined) pks.push(family.identifier(type, code, value.identifier.value));
  }
  return pks.map((pk) => ({ pk, position: clinical }));
}

function* stringEntries(values: readonly SearchValue[], code: string, { type, family }: Filed): Generator<Entry, void, undefined> {
  for (const value of values) {
    if (value.kind !== 'string') continue;
    for (const word of wordStarts(value.text)) yield { pk: family.string(type, code, bucketOf(word)), position: stringPosition(word) };
    if (value.text.length > maxSearchedLength) yield { pk: family.string(type, code, bucketOf('')), position: cutPosition };
  }
}

/** What `:contains` reads further in a text than words are filed stands where every search for a part looks. */
const cutPosition = separator.repeat(stringPositionLength);

/** As written, and in canonical units. */
function numberEntries(values: readonly SearchValue[], code: string, { type, shard, family }: Filed): readonly Entry[] {
  const byPartition = new Map<string, NumberRange[]>();
  for (const value of values) {
    for (const { unit, range } of spellings(value)) gather(byPartition, family.number(type, code, { unit, shard }), range);
  }
  return [...byPartition].flatMap(([pk, ranges]) => placed(pk, numberPositions(ranges)));
}

function spellings(value: SearchValue): readonly { readonly unit: string; readonly range: NumberRange }[] {
  if (value.kind !== 'number' && value.kind !== 'quantity') return [];
  const written = { unit: '', range: value };
  const canonical = value.kind === 'quantity' ? value.canonical : undefined;
  return canonical === undefined ? [written] : [written, { unit: canonical.unit, range: canonical }];
}

/** Under a large cell, in the order of small ones. */
function positionEntries(values: readonly SearchValue[], code: string, { type, family }: Filed): readonly Entry[] {
  return values.flatMap((value) => {
    if (value.kind !== 'position') return [];
    const position = geohash(value.latitude, value.longitude, maxGeohashLength);
    return [{ pk: family.position(type, code, position.slice(0, geohashPartitionLength)), position }];
  });
}

function gather<Value>(groups: Map<string, Value[]>, key: string, value: Value): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [value]);
  else group.push(value);
}

/** The kinds of second components in whose order a composite has a family of its own. */
const ordering: ReadonlySet<string> = new Set(['number', 'quantity', 'date']);

/** Whether the composite has a family: others are found by one of their components. */
export function isOrderedComposite({ components }: SearchParameter): boolean {
  const [first, second] = components ?? [];
  return first?.type === 'token' && second !== undefined && ordering.has(second.type);
}

/** By the code of the first component, in the order of the second. */
function compositeEntries(values: readonly SearchValue[], parameter: SearchParameter, { type, family }: Filed): readonly Entry[] {
  if (!isOrderedComposite(parameter)) return [];
  const numbers = new Map<string, NumberRange[]>();
  const dates = new Map<string, SearchValue[]>();
  for (const value of values) {
    if (value.kind !== 'composite') continue;
    const [codes = [], seconds = []] = value.components;
    const pairs = codes.filter(hasCode).flatMap(({ code }) => seconds.map((second) => ({ code, second })));
    for (const { code, second } of pairs) {
      const pk = (unit: string): string => family.composite(type, familyName(parameter), { code, unit });
      if (second.kind === 'date') gather(dates, pk(''), second);
      for (const { unit, range } of spellings(second)) gather(numbers, pk(unit), range);
    }
  }
  return [
    ...[...numbers].flatMap(([pk, ranges]) => placed(pk, numberPositions(ranges))),
    ...[...dates].flatMap(([pk, several]) => placed(pk, datePositions(several))),
  ];
}

function hasCode(value: SearchValue): value is TokenValue & { readonly code: string } {
  return value.kind === 'token' && value.code !== undefined;
}
