/**
 * Searches made from what a resource has: its values as they are and a little beside, under every prefix and modifier, so
 * that most of them match and some narrowly do not.
 */
import { escapeValue } from '../../../src/fhir/search/escapes.ts';
import { extract } from '../../../src/fhir/search/extract.ts';
import type { NameValue } from '../../../src/fhir/search/parse.ts';
import type { Resource } from '../../../src/fhir/resource.ts';
import type { QuantityValue, SearchValue } from '../../../src/fhir/search/values.ts';

const prefixes = ['', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'] as const;

/** Names and values of single parameters; some of them are refused when they are parsed. */
export function searchesFor(resource: Resource): readonly NameValue[] {
  return extract(resource).flatMap(({ parameter, values }) => [
    [`${parameter.code}:missing`, 'false'] as const,
    ...values.slice(0, 6).flatMap((value) => forms(value).map(([modifier, text]): NameValue => [parameter.code + modifier, text])),
  ]);
}

type Form = readonly [modifier: string, text: string];

const plain = (texts: readonly string[]): readonly Form[] => texts.map((text) => ['', text]);

function forms(value: SearchValue): readonly Form[] {
  switch (value.kind) {
    case 'token': return tokens(value.system, value.code, value.types?.[0]);
    case 'reference': return [
      ...plain([value.id, value.url, value.type && `${value.type}/${value.id}`, value.version && `${value.url}|${value.version}`].flatMap((text) => (text ? [escapeValue(text)] : []))),
      ...plain(value.version === undefined ? [] : [`${value.url}/_history/${value.version}`]),
      ...(value.type === undefined || value.id === undefined ? [] : [[`:${value.type}`, value.id] as const]),
      ...tokens(value.identifier?.system, value.identifier?.value).map(([, text]): Form => [':identifier', text]),
      [':below', escapeValue(value.url)],
    ];
    case 'string': return strings(value.text);
    case 'date': return plain(dates(value.low, value.high));
    case 'number': return plain(numbers(value.low).concat(numbers(value.high)));
    case 'quantity': return plain(quantities(value));
    case 'uri': return uris(value.uri, value.version);
    case 'position': return plain(['', '|0', '|0.5', '|100', '|300|[mi_i]', '|30000'].map((distance) => `${value.latitude}|${value.longitude}${distance}`));
    case 'composite': return plain(composites(value.components));
  }
}

function tokens(system: string | undefined, code: string | undefined, type?: { readonly system?: string; readonly code?: string }): readonly Form[] {
  const written = (text = ''): string => escapeValue(text);
  const texts = [written(code), `${written(system)}|${written(code)}`, `|${written(code)}`, `${written(system)}|`, written(code?.toUpperCase()), `other,${written(code)}`];
  return [
    ...plain(texts),
    [':not', written(code)],
    [':text', written(code)],
    ...(type === undefined ? [] : [[':of-type', `${written(type.system)}|${written(type.code)}|${written(code)}`] as const]),
  ];
}

function strings(text: string): readonly Form[] {
  const words = text.split(/\s+/);
  const parts = [text, words[0]!, words.at(-1)!, words[0]!.slice(0, 3), [...text].slice(0, 34).join('')];
  const middle = [...text].slice(2, 6).join('');
  return [
    ...plain(parts.map(escapeValue)),
    ...parts.flatMap((part): Form[] => [[':exact', escapeValue(part)], [':contains', escapeValue(part)]]),
    [':contains', escapeValue(middle)],
    [':contains', escapeValue(middle.toUpperCase())],
    [':contains', escapeValue([...text].slice(-5).join(''))],
    ['', `zzz,${escapeValue(words[0]!)}`],
  ];
}

function dates(low: number, high: number): readonly string[] {
  const ends = [low, high, high - 1].filter((end) => Number.isFinite(end)).map((end) => new Date(end).toISOString());
  const texts = new Set(ends.flatMap((end) => [end.slice(0, 4), end.slice(0, 7), end.slice(0, 10), end, `${end.slice(0, 16)}Z`]));
  return [...texts].flatMap((text) => prefixes.map((prefix) => prefix + text));
}

function numbers(value: number): string[] {
  if (!Number.isFinite(value)) return [];
  const texts = new Set([String(value), value.toExponential(), value.toPrecision(2), String(value * 1.09), String(value * 0.5)]);
  return [...texts].flatMap((text) => prefixes.map((prefix) => prefix + text));
}

/** The same amount in units that are often written beside each other. */
const conversions: Readonly<Record<string, readonly (readonly [unit: string, factor: number])[]>> = {
  kg: [['g', 1000], ['mg', 1e6]], mg: [['g', 0.001], ['ug', 1000]], g: [['kg', 0.001]], cm: [['m', 0.01]], 'mm[Hg]': [['Pa', 133.322]],
  'mg/dL': [['g/L', 0.01]], a: [['mo', 12]], 'mmol/L': [['umol/L', 1000]], Cel: [['K', 1]],
};

function quantities({ low, high, system, code, unit }: QuantityValue): readonly string[] {
  const written = [...numbers(low), ...numbers(high)];
  const units = ['', `|${system ?? ''}|${code ?? ''}`, `||${code ?? unit ?? ''}`, `|${system ?? ''}|`, `||${unit ?? ''}`];
  const converted = (conversions[code ?? ''] ?? []).flatMap(([other, factor]) =>
    [low, high].flatMap((value) => numbers(Number((value * factor).toPrecision(12)))).map((text) => `${text}|${system}|${other}`));
  return [...units.flatMap((suffix) => written.map((text) => text + suffix)), ...converted];
}

function uris(uri: string, version: string | undefined): readonly Form[] {
  const texts = [uri, uri.slice(0, -3), `${uri}/more`, version && `${uri}|${version}`, 'http://'].flatMap((text) => (text ? [text] : []));
  return texts.flatMap((text): Form[] => [['', text], [':below', text], [':above', text]]);
}

/** Of so many pairs of components one is tried: all that a quantity is written as, with all that a code is, would be too many. */
const stride = 37;

function composites(components: readonly (readonly SearchValue[])[]): readonly string[] {
  const texts = components.map((values) => values.slice(0, 1).flatMap((value) => forms(value).filter(([modifier]) => modifier === '').map(([, text]) => text)));
  const last = texts.at(-1) ?? [];
  const second = texts[1] ?? [];
  const [first = []] = texts;
  const all = first.slice(0, 4).flatMap((one) => (texts.length === 2
    ? second.map((other) => `${one}$${other}`)
    : second.flatMap((other) => last.slice(0, 12).map((third) => `${one}$${other}$${third}`))));
  return all.filter((_, place) => place % stride === 0);
}
