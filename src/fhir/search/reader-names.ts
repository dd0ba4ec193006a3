/**
 * Which function in `src/fhir/search/kinds` reads an element for a search parameter
 * (https://hl7.org/fhir/R4/search.html#ptypes), by kind and element type. Composites are made of the others. One table for the
 * generated extraction and for parameters that are defined at run time; names only, since the generator runs before there is
 * anything that the kinds import.
 */
import type { SearchParameterType } from './values.ts';

export type SimpleType = Exclude<SearchParameterType, 'composite'>;

export const readerNames = {
  token: {
    CodeableConcept: 'fromCodeableConcept', Coding: 'fromCoding', Identifier: 'fromIdentifier', ContactPoint: 'fromContactPoint',
    code: 'fromCode', boolean: 'fromBoolean', string: 'fromString',
    id: 'fromUri', uri: 'fromUri', url: 'fromUri', canonical: 'fromUri', oid: 'fromUri', uuid: 'fromUri',
  },
  reference: { Reference: 'fromReference', canonical: 'fromCanonical', uri: 'fromCanonical', url: 'fromCanonical', Resource: 'fromResource' },
  string: {
    string: 'fromString', markdown: 'fromString', code: 'fromString', uri: 'fromString',
    HumanName: 'fromHumanName', Address: 'fromAddress', Annotation: 'fromAnnotation',
  },
  date: { date: 'fromDateTime', dateTime: 'fromDateTime', instant: 'fromDateTime', Period: 'fromPeriod', Timing: 'fromTiming' },
  number: {
    decimal: 'fromNumber', integer: 'fromNumber', positiveInt: 'fromNumber', unsignedInt: 'fromNumber', Range: 'fromRange',
  },
  quantity: {
    Quantity: 'fromQuantity', Age: 'fromQuantity', Count: 'fromQuantity', Distance: 'fromQuantity', Duration: 'fromQuantity',
    Money: 'fromMoney', Range: 'fromRange', SampledData: 'fromSampledData',
  },
  uri: { uri: 'fromUri', url: 'fromUri', oid: 'fromUri', uuid: 'fromUri', canonical: 'fromCanonical' },
  special: { 'Location.position': 'fromPosition' },
} as const satisfies Readonly<Record<SimpleType, Readonly<Record<string, string>>>>;

/** The name of the reader; `undefined` for a type without a value of the kind. */
export function readerName(kind: SimpleType, type: string): string | undefined {
  const ofKind: Readonly<Record<string, string>> = readerNames[kind];
  return Object.hasOwn(ofKind, type) ? ofKind[type] : undefined;
}
