/** Search values made from an element: such that it should be found, and such that it should just not be. */
import { decimal, toNumber, type Decimal } from '../evaluator/decimals.ts';
import { elementSpan } from '../evaluator/dates.ts';
import { definedTerminology, type Kind } from '../evaluator/definitions.ts';
import type { Element } from '../evaluator/elements.ts';
import { escape } from '../evaluator/escapes.ts';
import { list, type Json } from '../evaluator/json.ts';
import { distanceKm } from '../evaluator/places.ts';
import { measured } from '../evaluator/quantities.ts';
import { literalOf } from '../evaluator/references.ts';
import { fold, textsOf } from '../evaluator/strings.ts';
import { tokensOf, tokenTexts } from '../evaluator/tokens.ts';
import { conversion, ucum } from '../evaluator/units.ts';
import type { Random } from '../../store/model/random.ts';

export interface Making {
  readonly random: Random;
  readonly baseUrl: string;
  /** The value sets that draw from a system, by their URL or as `ValueSet/id`. */
  readonly valueSetsOf: (system: string) => readonly string[];
  /** Codes at the other end of is-a relations of this one, and some that have none with it. */
  readonly relatives: (system: string, code: string) => readonly string[];
}

/** One character is another; the length stays. Of a pair of surrogates no half is left alone: no URL can carry it. */
export function mutated(random: Random, text: string): string {
  if (text === '') return 'x';
  const index = random.below(text.length);
  const character = text[index]!;
  const other = /\d/.test(character) ? String((Number(character) + 1) % 10) : character === 'q' ? 'w' : 'q';
  return (text.slice(0, index) + other + text.slice(index + 1)).toWellFormed();
}

/** `undefined` when nothing can be asked of this element in this way. */
export function valueFor(kind: Kind, element: Element, { operator, making }: { readonly operator: string; readonly making: Making }): string | undefined {
  switch (kind) {
    case 'string':
      return stringValue(making.random, textsOf(element), operator);
    case 'token':
      return tokenValue(element, operator, making);
    case 'reference':
      return referenceValue(element, operator, making);
    case 'date':
      return dateValue(element, operator, making.random);
    case 'number':
      return numberValue(making.random, typeof element.data === 'object' ? making.random.pick(rangeEnds(element.data)) : element.data, operator);
    case 'quantity':
      return quantityValue(element, operator, making.random);
    case 'uri':
      return uriValue(element, operator, making.random);
    case 'special':
      return nearValue(element, making.random);
    case 'composite':
      return undefined;
  }
}

/** The ends of a Range, and the whole number between them. */
function rangeEnds({ low, high }: Json): readonly number[] {
  const ends: number[] = [low, high].flatMap((end) => end?.value ?? []);
  return ends.length < 2 ? ends : [...ends, Math.round((ends[0]! + ends[1]!) / 2)];
}

function searchableText(text: string | undefined): string | undefined {
  return text === undefined || fold(text) === '' || text.length > 200 ? undefined : escape(text);
}

function stringValue(random: Random, texts: readonly string[], operator: string): string | undefined {
  if (texts.length === 0) return undefined;
  const text = random.pick(texts).trim().slice(0, 120);
  const words = text.split(/\s+/);
  const start = random.below(text.length);
  const candidates = [
    text,
    text.slice(0, 1 + random.below(text.length)).trim(),
    random.pick(words),
    random.chance(0.5) ? text.toUpperCase() : text.toLowerCase(),
    text.normalize('NFD').replace(/\p{Mn}/gu, ''),
    text.replace(/[^\p{L}\p{N}\p{M}\s]/gu, ' ').trim(),
    text.slice(start, start + 4).trim(),
    mutated(random, text),
    mutated(random, random.pick(words)),
    `${text}x`,
    [...words].reverse().join(' '),
  ];
  return operator === ':exact' ? escape(random.pick(candidates)) || undefined : searchableText(random.pick(candidates));
}

function tokenValue(element: Element, operator: string, making: Making): string | undefined {
  const { random } = making;
  if (operator === ':text') return stringValue(random, tokenTexts(element.type, element.data).filter((text) => typeof text === 'string' && text.trim() !== ''), operator);
  if (operator === ':of-type') return ofTypeValue(element, random);
  const tokens = tokensOf(element);
  if (tokens.length === 0) return undefined;
  const { system, code, implied } = random.pick(tokens);
  if (operator === ':in' || operator === ':not-in') {
    const sets = system === undefined ? [] : making.valueSetsOf(system);
    return sets.length === 0 ? undefined : escape(random.pick(sets));
  }
  if (operator === ':above' || operator === ':below') return hierarchyValue({ element, system, code, operator }, making);
  return tokenForm({ system, code, implied }, random);
}

interface Parts {
  readonly system: string | undefined;
  readonly code: string | undefined;
  readonly implied: boolean;
}

function tokenForm({ system, code, implied }: Parts, random: Random): string | undefined {
  const escaped = escape(code ?? '');
  const forms: (string | undefined)[] = code === undefined ? [] : [
    escaped, escaped, escape(mutated(random, code)), escape(code.slice(0, -1)) || undefined, escape(`${code}1`),
    escape(random.chance(0.5) ? code.toUpperCase() : code.toLowerCase()),
  ];
  // The pipe has no meaning for types without a system.
  if (!implied && code !== undefined) forms.push(`|${escaped}`, `${escape('http://oracle.example/other')}|${escaped}`);
  if (system !== undefined) {
    forms.push(`${escape(system)}|`, `${escape(mutated(random, system))}|${escaped}`);
    if (code !== undefined) forms.push(`${escape(system)}|${escaped}`, `${escape(system)}|${escaped}`, `${escape(system)}|${escape(mutated(random, code))}`);
  }
  return forms.length === 0 ? undefined : random.pick(forms);
}

function ofTypeValue({ type, data }: Element, random: Random): string | undefined {
  const coding: Json = list(data.type?.coding)[0];
  if (type !== 'Identifier' || coding?.system === undefined || coding.code === undefined || data.value === undefined) return undefined;
  const parts: string[] = [coding.system, coding.code, data.value];
  if (random.chance(0.5)) {
    const index = random.below(3);
    parts[index] = mutated(random, parts[index]!);
  }
  return parts.map(escape).join('|');
}

function hierarchyValue({ element, system, code, operator }: { readonly element: Element; readonly system: string | undefined; readonly code: string | undefined; readonly operator: string }, making: Making): string | undefined {
  const { random } = making;
  if (element.type === 'code' && code !== undefined && /^[\w.+-]+\/[\w.+-]+/.test(code)) {
    if (operator === ':above') return undefined;
    const [type = '', subtype = ''] = code.split(/[;\s]/)[0]!.split('/');
    return escape(`${type}/${random.chance(0.5) ? subtype : mutated(random, subtype)}`);
  }
  if (system === undefined || code === undefined) return undefined;
  const relatives = making.relatives(system, code);
  return relatives.length === 0 ? undefined : `${escape(system)}|${escape(random.pick(relatives))}`;
}

function referenceValue(element: Element, operator: string, making: Making): string | undefined {
  const { random, baseUrl } = making;
  if (operator === ':identifier') return identifierValue(element, random);
  const literal = literalOf(element);
  if (literal === undefined) return undefined;
  const { url, type, id, version, base } = literal;
  // The type of what lies on another server cannot be asked for.
  if (operator === ':[type]' && (id === undefined || base !== undefined)) return undefined;
  if (type === undefined || id === undefined) return urlReferenceValue(url, version, { operator, random });
  if (operator === ':below' || operator === ':above') return element.type === 'Reference' ? `${type}/${random.chance(0.7) ? id : mutated(random, id)}` : urlReferenceValue(url, version, { operator, random });
  if (operator === ':[type]') return random.pick([id, `${type}/${id}`, mutated(random, id)]);
  const otherType = type === 'Patient' ? 'Group' : 'Patient';
  const forms = [id, `${type}/${id}`, `${baseUrl}/${type}/${id}`, url, `${otherType}/${id}`, `${type}/${mutated(random, id)}`, `http://oracle.example/fhir/${type}/${id}`, mutated(random, id)];
  if (base !== undefined) forms.push(url, url);
  if (version !== undefined) forms.push(element.type === 'Reference' ? `${type}/${id}/_history/${version}` : `${url}|${version}`, `${type}/${id}/_history/${version}9`);
  return canBeAsked(random.pick(forms));
}

function canBeAsked(reference: string): string | undefined {
  return /\s/.test(reference) ? undefined : reference.split('|').map(escape).join('|');
}

function urlReferenceValue(url: string, version: string | undefined, { operator, random }: { readonly operator: string; readonly random: Random }): string | undefined {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(url)) return undefined;
  if (operator === ':above') return undefined;
  const forms = [url, mutated(random, url.slice(8)) === '' ? url : url.slice(0, 8) + mutated(random, url.slice(8))];
  if (version !== undefined) forms.push(`${url}|${version}`, `${url}|${version.split('.')[0]}`, `${url}|${version}9`);
  return canBeAsked(random.pick(forms));
}

function identifierValue({ type, data }: Element, random: Random): string | undefined {
  const { system, value }: Json = (type === 'Reference' ? data.identifier : undefined) ?? {};
  if (typeof value !== 'string' || value === '') return undefined;
  const forms = [escape(value), escape(value.toUpperCase()), escape(mutated(random, value)), `|${escape(value)}`];
  if (system !== undefined) forms.push(`${escape(system)}|${escape(value)}`, `${escape(system)}|`, `${escape(mutated(random, system))}|${escape(value)}`);
  return random.pick(forms);
}

const dayMs = 86_400_000;

function dateValue(element: Element, operator: string, random: Random): string | undefined {
  const span = elementSpan(element);
  if (span === undefined) return undefined;
  const ends = [span.low, span.high, span.high - 1].filter(Number.isFinite);
  const shift = random.pick([0, 0, 0, dayMs, -dayMs, 1000, -1000, 3_600_000, 31 * dayMs, -366 * dayMs, -25 * 366 * dayMs]);
  const moment = random.pick(ends) + shift;
  const iso = new Date(moment).toISOString();
  const written = random.pick([iso.slice(0, 4), iso.slice(0, 7), iso.slice(0, 10), iso.slice(0, 10), `${iso.slice(0, 16)}Z`, `${iso.slice(0, 19)}Z`, iso, zoned(moment, random)]);
  return prefixed(operator, written, random);
}

function zoned(moment: number, random: Random): string {
  const hours = random.pick([-5, 2, 14]);
  const sign = hours < 0 ? '-' : '+';
  return `${new Date(moment + hours * 3_600_000).toISOString().slice(0, 19)}${sign}${String(Math.abs(hours)).padStart(2, '0')}:00`;
}

/** `eq` is what no prefix means. */
function prefixed(operator: string, written: string, random: Random): string {
  return operator === 'eq' && random.chance(0.5) ? written : operator + written;
}

/** Numbers with more zeros are written with an exponent. */
const maxZeros = 30;

/** The digits that were written are kept. */
export function plain({ units, exponent }: Decimal): string {
  if (Math.abs(exponent) > maxZeros) return `${units}e${exponent}`;
  const negative = units < 0n;
  const digits = String(negative ? -units : units).padStart(1 - exponent, '0');
  const text = exponent >= 0 ? digits + '0'.repeat(exponent) : `${digits.slice(0, exponent)}.${digits.slice(exponent)}`;
  return negative ? `-${text}` : text;
}

/** In the middle of a range, so coarse that its precision covers the range, where a whole number does. */
function middle(ends: readonly Decimal[]): readonly Decimal[] {
  const [low, high] = ends.map(toNumber);
  return low === undefined || high === undefined ? [] : [{ units: BigInt(Math.round((low + high) / 2)), exponent: 0 }];
}

function numberVariant(random: Random, value: Decimal): string {
  const { units, exponent } = value;
  const finer = (digit: number): Decimal => ({ units: units * 10n + BigInt(units < 0n ? -digit : digit), exponent: exponent - 1 });
  const coarser: Decimal = { units: units / 10n, exponent: exponent + 1 };
  const variants = [value, value, { units: units + 1n, exponent }, { units: units - 1n, exponent }, finer(0), finer(4), finer(5), finer(6), coarser, { units: units + (units < 0n ? -units : units) / 8n, exponent }];
  const chosen = random.pick(variants);
  if (random.chance(0.85)) return plain(chosen);
  return `${chosen.units}e${chosen.exponent}`;
}

function numberValue(random: Random, written: Json, operator: string): string | undefined {
  const value = decimal(String(written));
  return value === undefined ? undefined : prefixed(operator, numberVariant(random, value), random);
}

/** Units that many others convert to. */
const commonUnits = ['g', 'kg', 'mg', 'ug', 'L', 'mL', 'm', 'cm', 's', 'min', 'h', 'd', 'wk', 'mo', 'a', 'mol/L', 'mmol/L', 'mg/dL', 'g/L', 'kPa', 'mm[Hg]', 'Cel', '[degF]', '%', '/min', '[lb_av]', '[in_i]'];

function quantityValue(element: Element, operator: string, random: Random): string | undefined {
  const target = measured(element);
  if (target === undefined) return undefined;
  const ends = [target.interval.low, target.interval.high].filter((bound) => typeof bound !== 'string');
  const value = random.pick([...ends, ...middle(ends[0] === ends[1] ? [] : ends)]);
  const number = prefixed(operator, numberVariant(random, value), random);
  const { system, code, unit } = target;
  const forms = [number];
  if (code !== undefined) forms.push(`${number}||${escape(code)}`, `${number}||${escape(mutated(random, code))}`, `${number}|http://oracle.example/units|${escape(code)}`);
  if (unit !== undefined) forms.push(`${number}||${escape(unit)}`);
  if (system !== undefined && code !== undefined) forms.push(`${number}|${escape(system)}|${escape(code)}`, `${number}|${escape(system)}|${escape(code)}`);
  const converted = system === ucum && code !== undefined ? convertedValue(value, code, { operator, random }) : undefined;
  if (converted !== undefined) forms.push(converted, converted, converted);
  return random.pick(forms);
}

function convertedValue(value: Decimal, code: string, { operator, random }: { readonly operator: string; readonly random: Random }): string | undefined {
  const others = commonUnits.filter((unit) => unit !== code && conversion(code, unit) !== undefined);
  if (others.length === 0) return undefined;
  const unit = random.pick(others);
  const number = decimal(String(Number(conversion(code, unit)!(toNumber(value)).toPrecision(random.pick([3, 6, 10])))));
  if (number === undefined) return undefined;
  const asked = random.chance(0.7) ? plain(number) : numberVariant(random, number);
  return `${prefixed(operator, asked, random)}|${ucum}|${escape(unit)}`;
}

function uriValue({ data }: Element, operator: string, random: Random): string | undefined {
  if (typeof data !== 'string' || /\s/.test(data)) return undefined;
  const segments = data.split('/');
  const shorter = segments.slice(0, Math.max(3, 1 + random.below(segments.length))).join('/');
  const candidates = [data, data, data.slice(0, 9) + mutated(random, data.slice(9)), data.toUpperCase(), `${data}/`, data.slice(0, -1)];
  if (operator !== '') candidates.push(shorter, `${shorter}/`, `${data}/deeper/still`, `${shorter}/other`);
  const chosen = random.pick(candidates);
  // URNs have no above and below.
  return operator !== '' && !/^https?:/i.test(chosen) ? undefined : escape(chosen);
}

function nearValue({ data }: Element, random: Random): string | undefined {
  if (typeof data?.latitude !== 'number') return undefined;
  const latitude = Math.min(89, Math.max(-89, data.latitude + (random.next() - 0.5) * 4));
  const longitude = ((data.longitude + (random.next() - 0.5) * 4 + 540) % 360) - 180;
  const exact = distanceKm([data.latitude, data.longitude], [latitude, longitude]);
  const kilometres = Number((exact * random.pick([1.05, 1.5, 0.95, 0.5])).toPrecision(6));
  const place = `${latitude.toFixed(6)}|${longitude.toFixed(6)}`;
  return random.pick([`${place}|${kilometres}|km`, `${place}|${kilometres}`, `${place}|${(kilometres * 1000).toFixed(0)}|m`]);
}

/** By system, the value sets of R4 that draw from it. */
export function definedValueSets(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const one of definedTerminology().values()) {
    if (one.resourceType !== 'ValueSet') continue;
    for (const { system } of list(one.compose?.include)) if (system !== undefined) found.set(system, [...(found.get(system) ?? []), one.url]);
  }
  return found;
}
