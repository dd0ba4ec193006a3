/** The entries of one search parameter's values, one way for each kind (docs/store.md, Families). */
import { geohash, maxGeohashLength } from '../fhir/search/geohash.ts';
import { referenceKey } from '../fhir/search/kinds/reference.ts';
import { maxSearchedLength, wordStarts } from '../fhir/search/normalized-text.ts';
import type { NumberRange, SearchParameter, SearchValue, TokenValue } from '../fhir/search/values.ts';
import { bucketOf, geohashPartitionLength, type partitions, type PartitionType } from './entry-partitions.ts';
import { datePositions, numberPositions, separator, stringPosition, stringPositionLength, uriPosition } from './entry-positions.ts';
import { familyName } from './shared-families.ts';

/** Takes what is found: the partition, and where the entry stands in it. */
export type AddEntry = (pk: string, position: string) => void;

/** What the entries of one resource, or of one that it contains, have in common. */
export interface Filed {
  readonly type: PartitionType;
  readonly shard: number;
  /** Where it stands in partitions that are in order of the clinical date. */
  readonly clinical: string;
  readonly family: ReturnType<typeof partitions>;
}

/** What is to be filed, and who takes its entries: some twice, where a value is there twice. */
export interface Filings extends Filed {
  readonly add: AddEntry;
}

/** Words are looked for as they are taken: there may be a million. */
export function addValues(parameter: SearchParameter, values: readonly SearchValue[], filings: Filings): void {
  const code = familyName(parameter);
  switch (parameter.type) {
    case 'date':
      return addDates(filings.family.date(filings.type, code, filings.shard), values, filings.add);
    case 'string':
      return addStrings(values, code, filings);
    case 'number': case 'quantity':
      return addNumbers(values, code, filings);
    case 'uri':
      return addUris(values, code, filings);
    case 'composite':
      return addComposites(values, parameter, filings);
    case 'token': case 'reference':
      return addEqualities(values, code, filings);
    case 'special':
      return addPositions(values, code, filings);
  }
}

/** A token without a code is found by walking the type. A reference may have a literal and a logical part. */
function addEqualities(values: readonly SearchValue[], code: string, { type, clinical, family, add }: Filings): void {
  for (const value of values) {
    if (value.kind === 'token' && value.code !== undefined) add(family.token(type, code, value.code), clinical);
    if (value.kind !== 'reference') continue;
    const target = referenceKey(value);
    if (target !== undefined) add(family.reference(type, code, target), clinical);
    if (value.identifier?.value !== undefined) add(family.identifier(type, code, value.identifier.value), clinical);
  }
}

function addDates(pk: string, values: readonly SearchValue[], add: AddEntry): void {
  for (const position of datePositions(values)) add(pk, position);
}

function addStrings(values: readonly SearchValue[], code: string, { type, family, add }: Filings): void {
  for (const value of values) {
    if (value.kind !== 'string') continue;
    for (const word of wordStarts(value.text)) add(family.string(type, code, bucketOf(word)), stringPosition(word));
    if (value.text.length > maxSearchedLength) add(family.string(type, code, bucketOf('')), cutPosition);
  }
}

/** What `:contains` reads further in a text than words are filed stands where every search for a part looks. */
const cutPosition = separator.repeat(stringPositionLength);

function addUris(values: readonly SearchValue[], code: string, { type, shard, family, add }: Filings): void {
  for (const value of values) {
    if (value.kind === 'uri') add(family.uri(type, code, shard), uriPosition(value.uri));
  }
}

/** As written, and in canonical units. */
function addNumbers(values: readonly SearchValue[], code: string, { type, shard, family, add }: Filings): void {
  const byPartition = new Map<string, NumberRange[]>();
  for (const value of values) eachSpelling(value, (unit, range) => gather(byPartition, family.number(type, code, { unit, shard }), range));
  for (const [pk, ranges] of byPartition) addRanges(pk, ranges, add);
}

function addRanges(pk: string, ranges: readonly NumberRange[], add: AddEntry): void {
  for (const position of numberPositions(ranges)) add(pk, position);
}

function eachSpelling(value: SearchValue, tell: (unit: string, range: NumberRange) => void): void {
  if (value.kind !== 'number' && value.kind !== 'quantity') return;
  tell('', value);
  const canonical = value.kind === 'quantity' ? value.canonical : undefined;
  if (canonical !== undefined) tell(canonical.unit, canonical);
}

/** Under a large cell, in the order of small ones. */
function addPositions(values: readonly SearchValue[], code: string, { type, family, add }: Filings): void {
  for (const value of values) {
    if (value.kind !== 'position') continue;
    const position = geohash(value.latitude, value.longitude, maxGeohashLength);
    add(family.position(type, code, position.slice(0, geohashPartitionLength)), position);
  }
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
function addComposites(values: readonly SearchValue[], parameter: SearchParameter, { type, family, add }: Filings): void {
  if (!isOrderedComposite(parameter)) return;
  const name = familyName(parameter);
  const numbers = new Map<string, NumberRange[]>();
  const dates = new Map<string, SearchValue[]>();
  const gatherSecond = (code: string, second: SearchValue): void => {
    if (second.kind === 'date') gather(dates, family.composite(type, name, { code, unit: '' }), second);
    else eachSpelling(second, (unit, range) => gather(numbers, family.composite(type, name, { code, unit }), range));
  };
  for (const value of values) {
    if (value.kind !== 'composite') continue;
    const [codes = [], seconds = []] = value.components;
    for (const { code } of codes.filter(hasCode)) {
      for (const second of seconds) gatherSecond(code, second);
    }
  }
  for (const [pk, ranges] of numbers) addRanges(pk, ranges, add);
  for (const [pk, several] of dates) addDates(pk, several, add);
}

function hasCode(value: SearchValue): value is TokenValue & { readonly code: string } {
  return value.kind === 'token' && value.code !== undefined;
}
