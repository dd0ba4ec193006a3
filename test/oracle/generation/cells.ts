/** The matrix: which operators a kind of parameter has on which FHIR type, and why it has others not. */
import type { Kind } from '../evaluator/definitions.ts';

/** Of a kind: prefixes, or modifiers with their colon; the empty one is the search without either. */
export const operators: Readonly<Record<Kind, readonly string[]>> = {
  string: ['', ':exact', ':contains', ':missing'],
  token: ['', ':not', ':text', ':in', ':not-in', ':above', ':below', ':of-type', ':missing'],
  reference: ['', ':[type]', ':identifier', ':above', ':below', ':missing'],
  date: ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap', ':missing'],
  number: ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap', ':missing'],
  quantity: ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap', ':missing'],
  uri: ['', ':above', ':below', ':missing'],
  composite: [''],
  special: ['', ':missing'],
};

const ordered = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'];
const orderedTypes = new Set(['Quantity', 'Range', 'dateTime', 'Period', 'integer', 'Age', 'Money']);

/** A composite is asked with each prefix that its last component has. */
export function operatorsOf(kind: Kind, type: string): readonly string[] {
  if (kind !== 'composite') return operators[kind];
  return orderedTypes.has(type.split('$').at(-1)!) ? ordered : [''];
}

/** Why a cell has no query; `undefined` for one that is supported. */
export function reasonAgainst(kind: Kind, type: string, operator: string): string | undefined {
  return typeReasons[`${kind} ${type}`] ?? operatorReason(kind, type, operator);
}

const typeReasons: Readonly<Record<string, string>> = {
  'date string': 'a date told in words is no date',
  'reference Attachment': 'an attachment is no reference',
  'quantity SampledData': 'R4 does not say which of its quantities a search would compare',
  'composite CodeableConcept$Reference': 'the component is a token, and a reference is none',
  'composite CodeableConcept$SampledData': 'R4 does not say which of its quantities a search would compare',
};

function operatorReason(kind: Kind, type: string, operator: string): string | undefined {
  if (kind === 'token') return tokenReason(type, operator);
  if (kind !== 'reference') return undefined;
  if (operator === ':identifier' && type !== 'Reference') return 'only a Reference has an identifier';
  if (operator === ':above' && type !== 'Reference') return 'versions are searched by :below';
  if (type === 'Resource' && operator === ':below') return 'what lies inside a bundle is in no hierarchy';
  if (operator === ':[type]' && type !== 'Reference' && type !== 'Resource') return 'a canonical URL need not tell a type';
  if (type === 'uri' && operator === ':below') return 'a uri has no version';
  return undefined;
}

function tokenReason(type: string, operator: string): string | undefined {
  const coded = type === 'CodeableConcept' || type === 'Coding';
  if (operator === ':of-type' && type !== 'Identifier') return 'only an Identifier has a type';
  if (operator === ':text' && !coded && type !== 'Identifier') return 'the type has no text beside its value';
  const byTerminology = [':in', ':not-in', ':above', ':below'].includes(operator);
  return byTerminology && !coded && type !== 'code' ? 'the type is of no code system' : undefined;
}
